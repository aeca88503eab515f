package dev.tarn.server.metrics;

import java.util.Locale;

/** Where the bytes of an answer came from. */
public enum Source {
  /** This node's store. */
  DISK,
  /** A transfer that was already in flight on this node. */
  TRANSFER,
  /** Another node. */
  PEER,
  /** The content store of this node's containerd. */
  CONTAINERD,
  /** The upstream registry. */
  UPSTREAM,
  /** Nowhere: the answer holds no content. */
  NONE;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The value that metrics and logs show. */
  public String label() {
    return label;
  }
}
