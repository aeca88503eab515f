package dev.tarn.core.planner;

/** Bytes on their way to this node: who is told how it goes. The planner's thread. */
interface Flow {
  /** A peer serves it, and says what the blob's size is, where it knows. */
  void accepted(long size);

  void upstreamAnswered(long size, boolean ranges);

  void progress(long position);

  void done(int chunk, String fetchedBy);

  void failed(Event.FetchFailure reason);
}
