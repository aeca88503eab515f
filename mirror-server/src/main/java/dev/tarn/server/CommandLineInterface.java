package dev.tarn.server;

import dev.tarn.server.certificates.PeerAuthority;
import dev.tarn.server.config.Configuration;
import dev.tarn.server.config.GoDuration;
import dev.tarn.server.config.LogFormat;
import dev.tarn.server.config.LogLevel;
import dev.tarn.server.demo.Demo;
import dev.tarn.server.demo.TrainingGround;
import dev.tarn.server.logging.Logs;
import dev.tarn.server.uninstall.AwaitUninstall;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What {@code tarn} understands. Runs on the main thread. */
@Command(
    name = "tarn",
    description = "A mirror of container registries on each node.",
    versionProvider = CommandLineInterface.Version.class,
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:Done.",
      "1:It failed; the reason is on standard error, or in the log.",
      "2:The command line was not understood.",
      "69:There is no JDK 25, or the build failed (from the launcher).",
      "78:The configuration is not valid.",
      "143:Ended by SIGTERM, after answers under way were finished; 130 by SIGINT."
    })
final class CommandLineInterface {
  private static final Configuration.Logging QUIET =
      new Configuration.Logging(LogLevel.ERROR, LogFormat.TEXT);

  private final Map<String, String> environment;
  private final PrintStream out;
  private final PrintStream err;

  @SuppressWarnings("NullAway.Init") // picocli sets it.
  @Spec
  private CommandSpec spec;

  private CommandLineInterface(Map<String, String> environment, PrintStream out, PrintStream err) {
    this.environment = environment;
    this.out = out;
    this.err = err;
  }

  /** Runs what {@code arguments} say and answers the exit status. */
  static int run(
      String[] arguments, Map<String, String> environment, PrintStream out, PrintStream err) {
    return commandLine(new CommandContext(environment, out, err)).execute(arguments);
  }

  /** All commands, with their options. */
  static CommandLine commandLine(CommandContext context) {
    CommandLineInterface commands =
        new CommandLineInterface(context.environment(), context.out(), context.err());
    return new CommandLine(commands)
        .addSubcommand(new StatusCommand(context))
        .addSubcommand(new DoctorCommand(context))
        .addSubcommand(new ImagesCommand(context))
        .addSubcommand(new TransfersCommand(context))
        .addSubcommand(new InvalidateCommand(context))
        .addSubcommand(new ConfigCommands(context))
        .addSubcommand(new CompletionCommand(context))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setOut(writer(context.out()))
        .setErr(writer(context.err()))
        .setExecutionStrategy(commands::execute)
        .setExecutionExceptionHandler(commands::failed);
  }

  private int execute(CommandLine.ParseResult parsed) {
    if (!parsed.hasSubcommand()
        && !parsed.isUsageHelpRequested()
        && !parsed.isVersionHelpRequested()) {
      throw new ParameterException(spec.commandLine(), "Missing required subcommand");
    }
    return new CommandLine.RunLast().execute(parsed);
  }

  private int failed(Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
    String reason = failure.getMessage() == null ? failure.toString() : failure.getMessage();
    err.println("tarn: " + reason);
    return ExitStatus.FAILURE;
  }

  @Command(
      name = "serve",
      description = "Serve this node until SIGTERM or SIGINT.",
      mixinStandardHelpOptions = true)
  int serve(
      @Option(
              names = {"-c", "--config"},
              paramLabel = "FILE",
              description = "The configuration; without it, defaults and TARN_ variables.")
          @Nullable Path file) {
    return Serve.run(Optional.ofNullable(file), environment, out, err);
  }

  @Command(
      name = "demo",
      description =
          "Pull an image through Tarn from a registry in this process, twice, and show where the"
              + " bytes came from. Needs no network.",
      mixinStandardHelpOptions = true)
  int demo(
      @Option(names = "--keep", description = "Leave it running, and print what to try.")
          boolean keep)
      throws IOException, InterruptedException {
    // It stops its upstream on purpose: what a node warns of then is not news.
    try (Logs _ = Logs.start(QUIET, err)) {
      Demo.run(keep, writer(out), Main.version());
    }
    return ExitStatus.OK;
  }

  @Command(
      name = "prepare-cache",
      description = {
        "Give the cache's directory to the user that the server runs as.",
        "",
        "For a pod's init container, which is root and may change owners, where the server is not."
      },
      exitCodeListHeading = "%nExit status:%n",
      exitCodeList = {
        "0:It belongs to that user.",
        "1:It could not be given; the reason is on standard error.",
        "2:The command line was not understood."
      },
      mixinStandardHelpOptions = true)
  int prepareCache(
      @Option(
              names = "--owner",
              paramLabel = "UID:GID",
              required = true,
              description = "The user and the group, as numbers.")
          String owner,
      @Parameters(paramLabel = "DIRECTORY", description = "The cache's directory; it has to exist.")
          Path directory) {
    PrepareCache.Owner wanted =
        PrepareCache.Owner.parse(owner)
            .orElseThrow(
                () ->
                    new ParameterException(
                        spec.commandLine(),
                        "--owner: expected numbers such as 65532:65532, found " + owner));
    return new PrepareCache(out, err).run(directory, wanted);
  }

  @Command(
      name = "certificates",
      description = {
        "Look after the Secret with the authority that nodes issue their peer certificates by.",
        "",
        "Makes it where it is missing, and renews what is in it: at two thirds of an authority's life"
            + " the next one is trusted, then it signs, and the old one is dropped when it has ended."
            + " One step a run, if any is due: to be run daily. It may be run as often as one likes,"
            + " also twice at once. In a pod, by its service account, which has to create Secrets, to"
            + " get and update this one, and to get the Service.",
        "",
        "The Secret has ca.crt (whom to trust), tls.crt and tls.key (who signs), and, while there is"
            + " a successor, next.crt and next.key."
      },
      exitCodeListHeading = "%nExit status:%n",
      exitCodeList = {
        "0:The Secret is as it is to be.",
        "1:The API server was not reached, or refused; the reason is on standard error.",
        "2:The command line was not understood.",
        "3:There is a Secret of that name that is not Tarn's, or is broken. It was left as it is."
      },
      mixinStandardHelpOptions = true)
  int certificates(
      @Option(names = "--secret", paramLabel = "NAME", required = true, description = "The Secret.")
          String secret,
      @Option(
              names = "--namespace",
              paramLabel = "NAME",
              description = "Its namespace; by default that of the service account.")
          @Nullable String namespace,
      @Option(
              names = "--owner-service",
              paramLabel = "NAME",
              description = "The Service that the Secret belongs to, and is taken away with.")
          @Nullable String ownerService,
      @Option(
              names = "--life",
              paramLabel = "TIME",
              defaultValue = "90d",
              converter = TimeSpan.class,
              description = "How long an authority lasts; by default ${DEFAULT-VALUE}.")
          Duration life,
      @Option(
              names = "--min-overlap",
              paramLabel = "TIME",
              defaultValue = "12h",
              converter = TimeSpan.class,
              description = {
                "For how long, at least, the next one is trusted before it signs; by default",
                "${DEFAULT-VALUE}. At most a sixth of --life."
              })
          Duration overlap,
      @Option(
              names = "--timeout",
              paramLabel = "TIME",
              defaultValue = "2m",
              converter = TimeSpan.class,
              description =
                  "For how long the API server is asked again; by default ${DEFAULT-VALUE}.")
          Duration timeout,
      @Option(
              names = "--service-account",
              paramLabel = "DIRECTORY",
              defaultValue = "/var/run/secrets/kubernetes.io/serviceaccount",
              description = "Where the pod has its token, ca.crt and namespace.")
          Path serviceAccount)
      throws IOException, InterruptedException, GeneralSecurityException {
    PeerAuthority.Settings settings =
        new PeerAuthority.Settings(
            Optional.ofNullable(namespace),
            secret,
            Optional.ofNullable(ownerService),
            life,
            overlap,
            timeout);
    settings
        .problem()
        .ifPresent(
            problem -> {
              throw new ParameterException(spec.commandLine(), problem);
            });
    try (Logs _ = Logs.start(QUIET, err)) {
      return switch (PeerAuthority.run(settings, environment, serviceAccount, out, err)) {
        case DONE -> ExitStatus.OK;
        case FAILED -> ExitStatus.FAILURE;
        case NOT_OURS -> ExitStatus.NOT_OURS;
      };
    }
  }

  @Command(
      name = "remove-cache",
      description = {
        "Delete a node's cache, and its directory where nothing else is in it.",
        "",
        "Only what a node makes there, and only where no node uses it."
      },
      exitCodeListHeading = "%nExit status:%n",
      exitCodeList = {
        "0:Nothing of Tarn's is there any more.",
        "1:It is used, or no cache of Tarn's, or could not be deleted; the reason is on standard"
            + " error.",
        "2:The command line was not understood."
      },
      mixinStandardHelpOptions = true)
  int removeCache(
      @Option(
              names = "--timeout",
              paramLabel = "TIME",
              defaultValue = "60s",
              converter = TimeSpan.class,
              description = "How long to wait for a node to end; by default ${DEFAULT-VALUE}.")
          Duration timeout,
      @Parameters(paramLabel = "DIRECTORY", description = "The cache's directory.") Path directory)
      throws InterruptedException {
    return new RemoveCache(out, err, timeout).run(directory);
  }

  @Command(
      name = "await-uninstall",
      description = {
        "Wait until the pods of DaemonSets have taken everything back, which is when they are ready,"
            + " and say on which nodes they have not.",
        "",
        "For the chart's Job after helm uninstall, with a service account that may get the"
            + " DaemonSets, list pods, and create events."
      },
      exitCodeListHeading = "%nExit status:%n",
      exitCodeList = {
        "0:It is over, whatever came of it.",
        "2:The command line was not understood."
      },
      mixinStandardHelpOptions = true)
  int awaitUninstall(
      @Option(
              names = "--daemon-set",
              paramLabel = "NAME",
              required = true,
              description = "A DaemonSet; may be repeated.")
          List<String> daemonSets,
      @Option(
              names = "--release",
              paramLabel = "SELECTOR",
              required = true,
              description = "The labels of the release's own pods, which have to be gone, too.")
          String release,
      @Option(
              names = "--timeout",
              paramLabel = "TIME",
              defaultValue = "60s",
              converter = TimeSpan.class,
              description = "How long to wait; by default ${DEFAULT-VALUE}.")
          Duration timeout,
      @Option(
              names = "--service-account",
              paramLabel = "DIRECTORY",
              defaultValue = "/var/run/secrets/kubernetes.io/serviceaccount",
              description = "Where the pod has its token, ca.crt and namespace.")
          Path serviceAccount)
      throws InterruptedException {
    try (Logs _ = Logs.start(QUIET, err)) {
      AwaitUninstall.run(
          new AwaitUninstall.Settings(daemonSets, release, timeout),
          environment,
          serviceAccount,
          out,
          err);
    }
    return ExitStatus.OK;
  }

  @Command(
      name = "train",
      hidden = true,
      description = "Be a node for a while: for the launcher, to keep what the JVM learns of it.")
  int train() throws IOException, InterruptedException {
    return Training.run(out, err);
  }

  @Command(
      name = "training-ground",
      hidden = true,
      description = "Be all that a node in training deals with, in a process of its own.")
  int trainingGround(@Parameters(paramLabel = "DIRECTORY") Path directory)
      throws IOException, InterruptedException {
    try (Logs _ = Logs.start(QUIET, err)) {
      TrainingGround.run(directory, System.in, writer(out), Main.version());
    }
    return ExitStatus.OK;
  }

  /** Times such as 90d, 12h or 1h30m. */
  static final class TimeSpan implements CommandLine.ITypeConverter<Duration> {
    private static final Pattern DAYS = Pattern.compile("([0-9]{1,5})d");

    @Override
    public Duration convert(String text) {
      Matcher days = DAYS.matcher(text);
      return days.matches()
          ? Duration.ofDays(Integer.parseInt(days.group(1)))
          : GoDuration.parse(text)
              .filter(time -> !time.isNegative())
              .orElseThrow(
                  () ->
                      new CommandLine.TypeConversionException(
                          "expected a time such as 90d, 12h or 30m, found " + text));
    }
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(stream, true, StandardCharsets.UTF_8);
  }

  /** The version, for {@code --version}. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"tarn " + Main.version()};
    }
  }
}
