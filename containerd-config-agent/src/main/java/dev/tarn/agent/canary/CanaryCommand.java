package dev.tarn.agent.canary;

import dev.tarn.agent.containerd.Prospect;
import dev.tarn.agent.cri.Cri;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code containerd-config-agent canary}. */
@Command(
    name = "canary",
    description = {
      "Proves that containerd comes to the node's mirror: asks containerd for an image of"
          + " canary.tarn.invalid, whose hosts.toml ends at the mirror, and asks the mirror whether"
          + " it came. Leaves no image and no file.",
      "Exits with 0 if it came, 1 if it did not, 2 if that cannot be told."
    },
    mixinStandardHelpOptions = true)
public final class CanaryCommand implements Callable<Integer> {
  private static final int EFFECTIVE = 0;
  private static final int INEFFECTIVE = 1;
  private static final int UNKNOWN = 2;

  private final Function<URI, Sightings> mirrors;

  @SuppressWarnings("NullAway.Init") // picocli sets it.
  @Spec
  private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets it.
  @Option(
      names = "--root",
      paramLabel = "DIRECTORY",
      defaultValue = "/etc/containerd/certs.d",
      description = "the directory of config_path, as it is mounted here (${DEFAULT-VALUE})")
  private Path root;

  @SuppressWarnings("NullAway.Init") // picocli sets it.
  @Option(
      names = "--mirror",
      paramLabel = "URL",
      defaultValue = "http://127.0.0.1:5050",
      description = "the node's mirror (${DEFAULT-VALUE})")
  private URI mirror;

  @SuppressWarnings("NullAway.Init") // picocli sets it.
  @Option(
      names = "--socket",
      paramLabel = "FILE",
      defaultValue = "/run/containerd/containerd.sock",
      description = "containerd's socket (${DEFAULT-VALUE})")
  private Path socket;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "30",
      description = "how long containerd may take (${DEFAULT-VALUE})")
  private int seconds;

  /** {@code mirrors} says whom to ask about the mirror at an address. */
  public CanaryCommand(Function<URI, Sightings> mirrors) {
    this.mirrors = mirrors;
  }

  @Override
  public Integer call() {
    Prospect prospect =
        new Canary(
                new CanaryFile(root, mirror),
                new Cri(socket),
                mirrors.apply(mirror),
                new SecureRandom(),
                Duration.ofSeconds(seconds))
            .prove();
    PrintWriter out = spec.commandLine().getOut();
    return switch (prospect) {
      case Prospect.Effective _ -> {
        out.println("effective: containerd came to " + mirror);
        yield EFFECTIVE;
      }
      case Prospect.Ineffective(String why, String fix) -> {
        out.println("ineffective: " + why + "\n  " + fix);
        yield INEFFECTIVE;
      }
      case Prospect.Unknown(String why, String tell) -> {
        out.println("unknown: " + why + "\n  " + tell);
        yield UNKNOWN;
      }
    };
  }
}
