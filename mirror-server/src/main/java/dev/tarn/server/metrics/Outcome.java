package dev.tarn.server.metrics;

import java.util.Locale;

/** How a request ended. */
public enum Outcome {
  /** Answered with content that was on this node, or on its way to it. */
  HIT,
  /** Answered with content that was fetched for this request. */
  MISS,
  /** Answered with the last known digest of a tag, because upstream did not say. */
  STALE,
  /** Upstream's answer was passed on, nothing was kept. */
  PASSED,
  /** 404. */
  NOT_FOUND,
  /** 401 or 403: upstream wants a credential, or another one. */
  DENIED,
  /** The client asked for something that is not served: 400, 405, 416, 431 and the like. */
  REJECTED,
  /** 504: nothing came in time; the client goes upstream. */
  TIMEOUT,
  /** Another 5xx: the client goes upstream. */
  UNAVAILABLE,
  /**
   * The body was ended before its length, because its source failed or the digest did not match.
   */
  CUT,
  /** The client hung up. */
  ABORTED;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The value that metrics and logs show. */
  public String label() {
    return label;
  }
}
