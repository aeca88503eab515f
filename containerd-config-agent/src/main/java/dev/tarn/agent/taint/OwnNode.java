package dev.tarn.agent.taint;

/** The own node, at the API server. Blocks for seconds; never throws for what is answered. */
public interface OwnNode extends AutoCloseable {
  /** Changes nothing, and looks whether the taint's key is anywhere in the node. */
  Answer look(Taint taint);

  /**
   * Removes the taint if it is the one at that index, in one step that the API server does whole or
   * not at all.
   */
  Answer removeAt(int index, Taint taint);

  /** Keeps nothing open any more. */
  @Override
  default void close() {}

  /** What the API server said. */
  sealed interface Answer {
    /** It is there; or, of a removal, it was, and is no more. */
    record Yes() implements Answer {}

    /** It is not. */
    record No() implements Answer {}

    /** Nothing that counts. {@code why} is for a person. */
    record Failed(String why) implements Answer {}
  }
}
