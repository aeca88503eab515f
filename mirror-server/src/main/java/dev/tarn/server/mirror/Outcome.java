package dev.tarn.server.mirror;

/** What became of a request. */
public enum Outcome {
  /** Served from what was here. */
  HIT,
  /** Had to be fetched. */
  MISS,
  /** Served from what was last known, because upstream could not be asked. */
  STALE,
  /** Upstream's own answer, passed on. */
  PASSED,
  /** Not allowed, or not possible: the client's doing. */
  REJECTED,
  /** Could not be answered in time, or at all. */
  FAILED
}
