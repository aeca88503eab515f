package dev.tarn.agent;

import dev.tarn.agent.canary.Canary;
import dev.tarn.agent.canary.CanaryFile;
import dev.tarn.agent.canary.Sightings;
import dev.tarn.agent.config.Configuration;
import dev.tarn.agent.containerd.Findings;
import dev.tarn.agent.containerd.Prospect;
import dev.tarn.agent.cri.Cri;
import dev.tarn.agent.mirror.Answer;
import dev.tarn.agent.mirror.Mirror;
import dev.tarn.agent.mirror.SharedDirectory;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** One pull, for an administrator: what {@code canary} does. Runs on the main thread. */
final class OneCanary {
  private static final Duration QUESTION = Duration.ofSeconds(5);
  private static final int EFFECTIVE = 0;
  private static final int INEFFECTIVE = 1;
  private static final int UNKNOWN = 3;

  private OneCanary() {}

  /** Says on {@code out} what came of it, and answers the exit status. */
  static int prove(Configuration configuration, Duration limit, PrintStream out) {
    HostNode node = new HostNode(configuration);
    Findings findings = node.containerd(Optional.empty());
    if (findings.roots().isEmpty()) {
      return tell(
          configuration,
          findings.prospect() instanceof Prospect.Effective
              ? new Prospect.Unknown("containerd has no root here", "name one by --root")
              : findings.prospect(),
          out);
    }
    SecureRandom random = new SecureRandom();
    Path root = node.here(findings.roots().getFirst());
    Path socket = node.here(configuration.canary().socket().orElse(findings.socket()));
    CanaryFile entry = new CanaryFile(root, URI.create(configuration.mirrorUrl()));
    Canary canary =
        new Canary(entry, new Cri(socket), new Asked(configuration, random), random, limit);
    // A signal ends the process in the middle.
    Thread hook = new Thread(entry::withdraw, "shutdown");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      return tell(configuration, canary.prove(), out);
    } finally {
      Run.remove(hook);
    }
  }

  /** Asks the mirror as an agent does, but as one that has no entry and will have none. */
  private static final class Asked implements Sightings {
    private final Mirror mirror;
    private final String who;

    Asked(Configuration configuration, SecureRandom random) {
      this.mirror =
          new Mirror(
              configuration.mirror().toString(),
              configuration.mirror().toSocketAddress(),
              new SharedDirectory(configuration.directory(), random),
              random,
              QUESTION);
      this.who = "agent by-hand-" + Long.toHexString(random.nextLong()) + "\nending\n";
    }

    @Override
    public void expect(String repository) {
      Answer _ = ask(repository);
    }

    @Override
    public Sighting of(String repository) {
      return switch (ask(repository)) {
        case Answer.Proven(var _, var _, List<String> canaries) ->
            canaries.contains(repository) ? Sighting.ARRIVED : Sighting.NOT_ARRIVED;
        case Answer.Stranger _, Answer.Silent _ -> Sighting.NOBODY_KNOWS;
      };
    }

    private Answer ask(String repository) {
      return mirror.ask(0, who + Sightings.line(repository) + "\n");
    }
  }

  private static int tell(Configuration configuration, Prospect prospect, PrintStream out) {
    return switch (prospect) {
      case Prospect.Effective() -> {
        out.println("effective: containerd came to " + configuration.mirrorUrl());
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
