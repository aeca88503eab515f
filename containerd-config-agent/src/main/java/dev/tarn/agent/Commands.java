package dev.tarn.agent;

import dev.tarn.agent.config.Configuration;
import dev.tarn.agent.config.ConfigurationLoader;
import dev.tarn.agent.config.ConfigurationPrinter;
import dev.tarn.agent.config.InvalidConfigurationException;
import dev.tarn.agent.inspect.Inspect;
import dev.tarn.agent.setup.ConfigureContainerd;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What {@code containerd-config-agent} understands. Runs on the main thread. */
@Command(
    name = "containerd-config-agent",
    description = "Points this node's containerd at the node's mirror, and takes everything back.",
    versionProvider = Commands.Version.class,
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:Done.",
      "1:It failed; the reason is on standard error, or in the log.",
      "2:The command line was not understood.",
      "78:The configuration is not valid.",
      "143:Ended by SIGTERM, after the entries were taken back; 130 by SIGINT."
    })
final class Commands {
  private final PrintStream out;
  private final PrintStream err;

  @SuppressWarnings("NullAway.Init") // picocli sets it.
  @Spec
  private CommandSpec spec;

  private Commands(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /** Runs what {@code arguments} say and answers the exit status. */
  static int run(String[] arguments, PrintStream out, PrintStream err) {
    return commandLine(out, err).execute(arguments);
  }

  /** All commands, with their options. */
  static CommandLine commandLine(PrintStream out, PrintStream err) {
    Commands commands = new Commands(out, err);
    return new CommandLine(commands)
        .addSubcommand("config", new ConfigCommands(commands))
        .addSubcommand("inspect", new Inspect(HostNode::tree))
        .addSubcommand("configure-containerd", new ConfigureContainerd())
        .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8))
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
    err.println("containerd-config-agent: " + reason);
    return ExitStatus.FAILURE;
  }

  @Command(
      name = "run",
      description = {
        "Keep an entry for each chosen registry while the node's mirror is well; take all of them"
            + " back at the end.",
        "",
        "In a pod: run --config FILE and nothing else, which takes the least memory."
      },
      mixinStandardHelpOptions = true)
  int run(@Mixin Settings settings) {
    return Run.run(settings.file(), settings.values(), out, err);
  }

  @Command(
      name = "uninstall",
      description = {
        "Take everything of ours back under containerd's roots, whatever was configured. Needs no"
            + " mirror, and may be done again, by several at once, and after a crash.",
        "",
        "An agent that still runs would put its entries there again: stop it first."
      },
      exitCodeListHeading = "%nExit status:%n",
      exitCodeList = {
        "0:Nothing of ours stands any more.",
        "1:Something could not be taken back; what and why is on standard output.",
        "78:The configuration is not valid."
      },
      mixinStandardHelpOptions = true)
  int uninstall(
      @Mixin Settings settings,
      @Option(
              names = "--stay",
              description =
                  "Look again every few seconds, until SIGTERM: for a DaemonSet, whose pods may begin"
                      + " before the last agent has ended.")
          boolean stay,
      @Option(
              names = "--seconds",
              paramLabel = "N",
              defaultValue = "0",
              description = "With --stay, end after that many seconds; 0 for never.")
          int seconds) {
    return with(
        settings,
        configuration ->
            new TakeBack(new HostNode(configuration), out)
                .run(stay ? TakeBack.everyFewSeconds(seconds) : TakeBack.ONCE));
  }

  @Command(
      name = "canary",
      description = {
        "Prove that containerd comes to the node's mirror: ask containerd, by CRI, for an image of"
            + " canary.tarn.invalid, whose hosts.toml ends at the mirror, and ask the mirror"
            + " whether it came. Leaves no image and no file, and dials nobody else.",
        "",
        "It needs containerd's socket, and the directory that is shared with the mirror."
      },
      exitCodeListHeading = "%nExit status:%n",
      exitCodeList = {
        "0:Effective: containerd came.",
        "1:Ineffective: it pulled, and did not come. What to change is on standard output.",
        "2:The command line was not understood.",
        "3:That cannot be told; why is on standard output.",
        "78:The configuration is not valid."
      },
      mixinStandardHelpOptions = true)
  int canary(
      @Mixin Settings settings,
      @Option(
              names = "--socket",
              paramLabel = "FILE",
              description = "containerd's socket, as the host names it. By default it is found.")
          @Nullable String socket,
      @Option(
              names = "--seconds",
              paramLabel = "N",
              defaultValue = "30",
              description = "How long containerd may take; by default ${DEFAULT-VALUE}.")
          int seconds) {
    Map<String, List<String>> values = new LinkedHashMap<>(settings.values());
    if (socket != null) {
      values.put("canary.socket", List.of(socket));
    }
    return with(
        settings.file(),
        values,
        configuration -> OneCanary.prove(configuration, Duration.ofSeconds(seconds), out));
  }

  private int with(Settings settings, ToIntFunction<Configuration> command) {
    return with(settings.file(), settings.values(), command);
  }

  private int with(
      Optional<Path> file, Map<String, List<String>> values, ToIntFunction<Configuration> command) {
    Configuration configuration;
    try {
      configuration = ConfigurationLoader.load(file, values);
    } catch (InvalidConfigurationException e) {
      return Run.refused(file, e, err);
    }
    return command.applyAsInt(configuration);
  }

  /** The configuration: a file, and options that go before it. */
  static final class Settings {
    @Option(
        names = {"-c", "--config"},
        paramLabel = "FILE",
        description = "The configuration; without it, defaults and these options.")
    @Nullable Path file;

    @Option(
        names = "--registry",
        paramLabel = "NAME",
        description = "A registry that is mirrored, or _default for all others; may be repeated.")
    @Nullable List<String> registries;

    @Option(
        names = "--mirror",
        paramLabel = "URL",
        description = "The node's mirror; by default http://127.0.0.1:5050.")
    @Nullable String mirror;

    @Option(
        names = "--directory",
        paramLabel = "DIRECTORY",
        description = "The directory that is shared with the mirror; by default /run/tarn.")
    @Nullable String directory;

    @Option(
        names = "--host",
        paramLabel = "DIRECTORY",
        description = "Where the host's file system is mounted, such as /host.")
    @Nullable String host;

    @Option(
        names = "--root",
        paramLabel = "DIRECTORY",
        description =
            "A directory that config_path names; may be repeated. By default they are" + " found.")
    @Nullable List<String> roots;

    @Option(
        names = "--containerd-config",
        paramLabel = "FILE",
        description = "containerd's configuration, as the host names it. By default it is found.")
    @Nullable String containerdConfig;

    @Option(
        names = "--distribution",
        paramLabel = "NAME",
        description = "Such as k3s. By default it is found.")
    @Nullable String distribution;

    @Option(names = "--containerd-version", paramLabel = "VERSION", description = "Such as 2.1.4.")
    @Nullable String containerdVersion;

    @Option(
        names = "--listen",
        paramLabel = "ADDRESS",
        description = "Where metrics and health are served; by default 127.0.0.1:5053.")
    @Nullable String listen;

    @Option(names = "--log-format", paramLabel = "FORMAT", description = "text or json.")
    @Nullable String logFormat;

    @Option(names = "--log-level", paramLabel = "LEVEL", description = "Such as debug.")
    @Nullable String logLevel;

    Optional<Path> file() {
      return Optional.ofNullable(file);
    }

    /** What the options give, by the path of the key in the file. */
    Map<String, List<String>> values() {
      Map<String, List<String>> values = new LinkedHashMap<>();
      add(values, "registries", registries);
      add(values, "mirror", mirror);
      add(values, "directory", directory);
      add(values, "host", host);
      add(values, "containerd.roots", roots);
      add(values, "containerd.config", containerdConfig);
      add(values, "containerd.distribution", distribution);
      add(values, "containerd.version", containerdVersion);
      add(values, "listen", listen);
      add(values, "logging.format", logFormat);
      add(values, "logging.level", logLevel);
      return values;
    }

    private static void add(Map<String, List<String>> values, String key, @Nullable String value) {
      if (value != null) {
        values.put(key, List.of(value));
      }
    }

    private static void add(
        Map<String, List<String>> values, String key, @Nullable List<String> value) {
      if (value != null) {
        values.put(key, List.copyOf(value));
      }
    }
  }

  /** {@code containerd-config-agent config …}. */
  @Command(
      name = "config",
      description = "Check or print the agent's configuration.",
      mixinStandardHelpOptions = true)
  static final class ConfigCommands {
    private final Commands parent;

    ConfigCommands(Commands parent) {
      this.parent = parent;
    }

    @Command(
        name = "check",
        description = "Say what is wrong with a configuration, or that nothing is.",
        mixinStandardHelpOptions = true)
    int check(@Mixin Settings settings) {
      return parent.with(
          settings,
          configuration -> {
            int registries = configuration.registries().map(List::size).orElse(0);
            parent.out.println("valid: " + registries + " registries");
            return ExitStatus.OK;
          });
    }

    @Command(
        name = "print",
        description = "Print the values that apply, after defaults, file and options.",
        mixinStandardHelpOptions = true)
    int print(@Mixin Settings settings) {
      return parent.with(
          settings,
          configuration -> {
            parent.out.print(ConfigurationPrinter.toToml(configuration));
            return ExitStatus.OK;
          });
    }
  }

  /** The version, for {@code --version}. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"containerd-config-agent " + Main.version()};
    }
  }
}
