package dev.tarn.e2e.node;

import java.nio.file.Path;
import java.util.List;

/** Which containerd to start, and with what in its configuration. */
public interface ContainerdPlan {
  /** The directory of its programs. */
  Path programs();

  /** The file, for a containerd whose every path is under the directory. */
  String toml(Path directory, Path socket, Path certs, String snapshotter);

  /**
   * What starts it, in a mount namespace of its own, if something is to be done there before: a
   * command that takes another one.
   */
  default List<String> before(Path directory) {
    return List.of();
  }

  /** What it is called in messages. */
  String title();

  /** What its log says at each pull, so that a case can tell that it took the right way. */
  String mark();
}
