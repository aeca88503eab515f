package dev.tarn.server.peer;

/** A chunk on its way from a peer. Thread-safe. */
public interface Fetch {
  /** Stops it; its receiver is told nothing more, but for a call that is under way. */
  void cancel();
}
