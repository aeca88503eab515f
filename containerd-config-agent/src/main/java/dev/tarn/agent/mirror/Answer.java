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

  /** It is the node's own Tarn: it knows the secret. */
  record Proven(State state, List<Seen> seen) implements Answer {
    public Proven {
      seen = List.copyOf(seen);
    }
  }

  /** Somebody answered who does not know the secret. {@code why} is for a person. */
  record Stranger(String why) implements Answer {}

  /** Nobody answered, or with an error. {@code why} is for a person. */
  record Silent(String why) implements Answer {}
}
