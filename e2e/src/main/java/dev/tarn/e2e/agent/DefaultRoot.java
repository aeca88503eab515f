package dev.tarn.e2e.agent;

import java.nio.file.Path;
import java.util.List;

/**
 * A mount namespace in which a node's first root is where containerd looks by default, so that the
 * machine's own is neither read nor written.
 */
final class DefaultRoot {
  private static final String MOUNT =
      """
      mkdir -p /etc/containerd
      mount --bind "$0" /etc/containerd
      mkdir -p /etc/containerd/certs.d
      mount --bind "$1" /etc/containerd/certs.d
      shift
      exec "$@"
      """;

  private DefaultRoot() {}

  /** What starts a command that has mounts of its own already. */
  static List<String> mount(Path directory) {
    return List.of(
        "sh",
        "-euc",
        MOUNT,
        directory.resolve("etc-containerd").toString(),
        directory.resolve(Node.FIRST_ROOT).toString());
  }
}
