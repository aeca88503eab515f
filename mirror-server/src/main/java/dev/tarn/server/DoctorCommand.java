package dev.tarn.server;

import dev.tarn.core.name.ImageReference;
import dev.tarn.core.store.FileSystemSpace;
import dev.tarn.server.config.Configuration;
import dev.tarn.server.config.LogFormat;
import dev.tarn.server.config.LogLevel;
import dev.tarn.server.console.AdminClient;
import dev.tarn.server.doctor.Doctor;
import dev.tarn.server.doctor.Finding;
import dev.tarn.server.doctor.Report;
import dev.tarn.server.doctor.Scene;
import dev.tarn.server.doctor.Severity;
import dev.tarn.server.logging.Logs;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tarn doctor}. */
@Command(
    name = "doctor",
    description = {
      "Find out what is wrong with the node on this machine, or in this pod.",
      "",
      "Looks at its configuration and the files it names, its ports, certificates, disk and clock,"
          + " at the agent, at its peers and at registries, and pulls an image through it. Each"
          + " finding says how it is known and what to do. Harms nothing: of the image a manifest,"
          + " a configuration and the smallest layer are pulled, and none of it is kept by this"
          + " command."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tarn doctor --config /etc/tarn/tarn.yaml",
      "  tarn doctor --image docker.io/library/alpine:3.22",
      "  kubectl -n tarn exec POD -c tarn -- /opt/java/bin/java @/opt/tarn/tool.args doctor"
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:Nothing is wrong.",
      "1:It failed itself; the reason is on standard error.",
      "2:The command line was not understood.",
      "3:Something needs attention.",
      "4:Something is in trouble: pulls suffer."
    },
    mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
  private static final Configuration.Logging QUIET =
      new Configuration.Logging(LogLevel.ERROR, LogFormat.TEXT);

  private final CommandContext context;

  @Mixin private final AdminOptions admin = new AdminOptions();

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = {
        "The node's configuration; by default /etc/tarn/config/tarn.yaml or /etc/tarn/tarn.yaml,",
        "whichever is there, or else defaults and TARN_ variables."
      })
  private @Nullable Path file;

  @Option(
      names = "--registry",
      paramLabel = "URL",
      description = "The node's registry endpoint; by default where registry.listen says.")
  private @Nullable URI registry;

  @Option(
      names = "--agent",
      paramLabel = "URL",
      defaultValue = "http://127.0.0.1:5053",
      description = "The agent beside the node; by default ${DEFAULT-VALUE}.")
  private URI agent = URI.create("http://127.0.0.1:5053");

  @Option(
      names = "--image",
      paramLabel = "REFERENCE",
      description = {
        "What to pull; by default the image that was asked for most, which the node tells only to",
        "whoever shows the token."
      })
  private @Nullable String image;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "One of ${COMPLETION-CANDIDATES}; by default ${DEFAULT-VALUE}.")
  private OutputFormat output = OutputFormat.TEXT;

  DoctorCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    LocalConfiguration local = LocalConfiguration.read(Optional.ofNullable(file), context);
    if (image != null && ImageReference.parse(image).isEmpty()) {
      context
          .err()
          .println("tarn: not an image reference such as docker.io/library/nginx:1.27: " + image);
      return ExitStatus.USAGE;
    }
    List<Finding> known = new ArrayList<>();
    local.problems().forEach(problem -> known.add(Doctor.invalid(problem.toString())));
    if (known.isEmpty()) {
      known.add(
          Doctor.valid(
              local.file().map(Path::toString).orElse("defaults and TARN_ variables"),
              local.configuration().registries().size()));
    }
    AdminClient client;
    try {
      client = client(local, known);
      requireHttp("--registry", registry);
      requireHttp("--agent", agent);
    } catch (IllegalArgumentException e) {
      context.err().println("tarn: " + e.getMessage());
      return ExitStatus.USAGE;
    } catch (IOException e) {
      context.err().println("tarn: " + e.getMessage());
      return ExitStatus.FAILURE;
    }
    Scene scene =
        new Scene(
            local.configuration(),
            client,
            registry == null ? local.registry() : registry,
            agent,
            Optional.ofNullable(image),
            context.environment(),
            FileSystemSpace::of,
            InstantSource.system(),
            Main.version());
    // What a node warns of is said by findings.
    try (Logs _ = Logs.start(QUIET, context.err())) {
      Report report = new Doctor(scene, known).run();
      context
          .out()
          .print(
              output == OutputFormat.JSON ? DoctorReport.json(report) : DoctorReport.text(report));
      return ExitStatus.of(report.verdict());
    }
  }

  private static void requireHttp(String option, @Nullable URI url) {
    if (url != null && (url.getHost() == null || !"http".equals(url.getScheme()))) {
      throw new IllegalArgumentException(
          option + " is not a URL such as http://127.0.0.1:5050: " + url);
    }
  }

  /** Without the token where its file cannot be read, which is a finding of its own. */
  private AdminClient client(LocalConfiguration local, List<Finding> known) throws IOException {
    try {
      return admin.client(local, context);
    } catch (IOException e) {
      known.add(
          new Finding(
              Severity.ATTENTION,
              "no-token",
              "",
              "The node is asked without the token.",
              e.getMessage() + ".",
              "Run this as a user who may read it, or name another file with --token-file."));
      return admin.withoutToken(local);
    }
  }
}
