package dev.tarn.agent.follow;

import dev.tarn.agent.containerd.Prospect;
import dev.tarn.agent.metrics.Page;
import java.util.List;
import java.util.Optional;

/**
 * A part that is off by default, and goes with whoever follows the node. It is called on the loop's
 * thread, but for {@link #close}; nothing of it may take long.
 */
public interface Companion extends AutoCloseable {
  /** All that is due was done: so it stands. */
  default void turned(Scene scene) {}

  /** Lines of the report to the mirror that it has to say. */
  default List<String> lines() {
    return List.of();
  }

  /**
   * The mirror, our own, answered: these repositories of the canary's registry it was asked for.
   */
  default void told(List<String> canaries) {}

  /** Whether containerd, as it is, comes to the mirror, where that was tried. */
  default Optional<Prospect> proof() {
    return Optional.empty();
  }

  /** Its figures. */
  default void write(Page page) {}

  /** Takes back what it has on the node, and does nothing more. From any thread. */
  @Override
  void close();
}
