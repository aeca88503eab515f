package dev.tarn.e2e.agent;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the agent runs in: it sees the host's file system under a directory, its own is read-only,
 * and root has no capabilities but those that files of others need.
 */
final class Container {
  private static final List<String> OWN_MOUNTS =
      List.of("unshare", "--mount", "--propagation", "private");

  private static final String SCRIPT =
      """
      mkdir -p "$0"
      mount --rbind / "$0"
      mount --bind "$1" "$1"
      mount -o remount,bind,ro /
      shift
      exec setpriv --bounding-set=-all,+chown,+dac_override,+fowner --no-new-privs -- "$@"
      """;

  /**
   * Where it sees the host's file system. Nowhere below what is removed when a case is over, though
   * nobody else sees it there.
   */
  static final Path HOST = Path.of("/run/tarn-e2e-host");

  private Container() {}

  /**
   * What starts a command in one.
   *
   * @param mounts what is to be mounted before, as words that take a command
   * @param shared the one directory that may be written otherwise
   */
  static List<String> enter(List<String> mounts, Path shared) {
    List<String> words = new ArrayList<>(OWN_MOUNTS);
    words.addAll(mounts);
    words.addAll(List.of("sh", "-euc", SCRIPT, HOST.toString(), shared.toString()));
    return words;
  }
}
