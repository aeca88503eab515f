package dev.tarn.server.peer.runtime;

/** Bytes on their way to this node because the planner said so. Thread-safe. */
interface Flow {
  /** Begins; on a worker, may block. */
  void start();

  /** Tells the planner nothing more, but for what is being told. */
  void cancel();
}
