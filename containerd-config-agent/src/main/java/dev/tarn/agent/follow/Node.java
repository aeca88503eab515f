package dev.tarn.agent.follow;

import dev.tarn.agent.containerd.Findings;
import dev.tarn.agent.hosts.Target;
import dev.tarn.agent.tree.Entries;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

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

  /**
   * The names under a root that containerd would take for {@code target}, as directories: where one
   * of them exists, containerd looks into no later root.
   */
  Set<String> directories(Target target);
}
