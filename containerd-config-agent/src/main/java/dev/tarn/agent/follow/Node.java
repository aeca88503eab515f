package dev.tarn.agent.follow;

import dev.tarn.agent.containerd.Findings;
import dev.tarn.agent.tree.Entries;
import java.nio.file.Path;
import java.util.Optional;

/** The node, as far as following it needs it. */
public interface Node {
  /**
   * What is found of containerd now. Asked for every half minute: cheap where nothing changed.
   *
   * @param userAgent what containerd called itself towards the mirror, if it came
   */
  Findings containerd(Optional<String> userAgent);

  /** Our entries under a root. */
  Entries under(String root);

  /** Where a path of the host lies here. */
  Path here(String hostPath);
}
