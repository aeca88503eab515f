package dev.tarn.server.peer.runtime;

/** What became of a blob that this node wanted. */
public enum WantOutcome {
  /** It is complete and verified. */
  COMPLETE,
  /** Neither peers nor upstream deliver it. */
  NOBODY,
  /** This node cannot store it. */
  STORAGE
}
