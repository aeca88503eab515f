package dev.tarn.server.mirror;

/** Where the bytes of an answer came from. */
public enum Source {
  /** This node's store. */
  DISK,
  /** A transfer that was in flight already. */
  TRANSFER,
  /** Another node. */
  PEER,
  /** This node's containerd. */
  CONTAINERD,
  /** The upstream registry. */
  UPSTREAM,
  /** Nowhere: an answer of Tarn's own. */
  NONE
}
