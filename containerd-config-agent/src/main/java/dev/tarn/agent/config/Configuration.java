package dev.tarn.agent.config;

import dev.tarn.agent.hosts.Target;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What the agent is told to do. Made by {@link ConfigurationLoader}, which refuses what makes no
 * sense.
 *
 * @param mirror the registry endpoint of the node's Tarn, as containerd is told it
 * @param directory the one that is shared with Tarn
 * @param registries those that entries are written for, where that is said: none, if it is said, is
 *     not the same as nothing said
 * @param host what stands before a path of the host, such as {@code /host}; empty on the host
 *     itself
 * @param containerd where containerd is configured
 * @param follow how closely the node is followed
 * @param listen where metrics and health are served, if anywhere
 * @param taint the start-up taint of the own node
 * @param canary the pull that proves that containerd comes to the mirror
 */
public record Configuration(
    LoopbackAddress mirror,
    Path directory,
    Optional<List<Target>> registries,
    String host,
    Containerd containerd,
    Follow follow,
    Optional<LoopbackAddress> listen,
    Taint taint,
    Canary canary,
    Logging logging) {

  public Configuration {
    registries = registries.map(List::copyOf);
  }

  /** How containerd's configuration names the mirror. */
  public String mirrorUrl() {
    return "http://" + mirror;
  }

  /** How {@code target} is called where registries are listed. */
  public static String name(Target target) {
    return switch (target) {
      case Target.OfRegistry(var registry) -> registry.value();
      case Target.OfAllOthers() -> Syntax.ALL_OTHERS;
    };
  }

  /**
   * Where containerd is configured. What is not given is found.
   *
   * @param distribution such as {@code k3s}
   * @param config the configuration file, as the host names it
   * @param roots the directories that hold {@code <registry>/hosts.toml}, as the host names them;
   *     where some are given, nothing is looked for
   * @param version containerd's
   */
  public record Containerd(
      Optional<String> distribution,
      Optional<String> config,
      List<String> roots,
      Optional<String> version) {
    public Containerd {
      roots = List.copyOf(roots);
    }
  }

  /**
   * How closely the node is followed.
   *
   * @param graceTime how long the mirror may be not ready before the entries are withdrawn
   * @param pollInterval how often it is asked
   * @param driftLimit the longest pause before an entry is put right again that others change again
   *     and again
   */
  public record Follow(Duration graceTime, Duration pollInterval, Duration driftLimit) {}

  /**
   * The start-up taint.
   *
   * @param enabled whether it is taken from the own node
   * @param taint as {@code KEY:EFFECT}
   * @param node the own node's name, where it is given; else the environment says it
   * @param limit after which it is taken from the node regardless
   */
  public record Taint(boolean enabled, String taint, Optional<String> node, Duration limit) {}

  /**
   * The canary.
   *
   * @param enabled whether containerd is asked for an image that proves that it comes to the mirror
   * @param socket containerd's, as the host names it, where it is given; else it is found
   * @param interval how often that is done while nothing changes
   */
  public record Canary(boolean enabled, Optional<String> socket, Duration interval) {}

  /** What is logged, and how. */
  public record Logging(LogLevel level, LogFormat format) {}
}
