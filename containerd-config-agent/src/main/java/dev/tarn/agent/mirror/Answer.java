package dev.tarn.agent.mirror;

import java.util.List;

/** What came of asking the mirror. */
public sealed interface Answer {
  /** How the mirror says that it is. */
  enum State {
    READY,
    STARTING,
    DRAINING
  }

  /**
   * It is the node's own Tarn: it knows the secret.
   *
   * @param canaries the repositories of the canary's registry that it was asked for lately
   */
  record Proven(State state, List<Seen> seen, List<String> canaries) implements Answer {
    public Proven {
      seen = List.copyOf(seen);
      canaries = List.copyOf(canaries);
    }

    public Proven(State state, List<Seen> seen) {
      this(state, seen, List.of());
    }
  }

  /** Somebody answered who does not know the secret. {@code why} is for a person. */
  record Stranger(String why) implements Answer {}

  /** Nobody answered, or with an error. {@code why} is for a person. */
  record Silent(String why) implements Answer {}
}
