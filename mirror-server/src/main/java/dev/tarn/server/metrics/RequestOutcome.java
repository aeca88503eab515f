package dev.tarn.server.metrics;

import dev.tarn.server.mirror.Outcome;
import java.util.Locale;

/** How a request ended, as metrics and the access log tell it: finer than the mirror's own word. */
public enum RequestOutcome {
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

  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND_STATUS = 404;
  private static final int SERVER_ERROR = 500;
  private static final int GATEWAY_TIMEOUT = 504;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The value that metrics and logs show. */
  public String label() {
    return label;
  }

  /**
   * How a request ended.
   *
   * @param answered what the mirror said of its answer
   * @param status of the answer
   * @param completed whether the client got all of it
   * @param clientLeft whether the client was the one that ended it, where it is not completed
   */
  public static RequestOutcome of(
      Outcome answered, int status, boolean completed, boolean clientLeft) {
    if (!completed) {
      return clientLeft ? ABORTED : CUT;
    }
    return switch (status) {
      case UNAUTHORIZED, FORBIDDEN -> DENIED;
      case NOT_FOUND_STATUS -> NOT_FOUND;
      case GATEWAY_TIMEOUT -> TIMEOUT;
      default ->
          switch (answered) {
            case HIT -> HIT;
            case MISS -> MISS;
            case STALE -> STALE;
            case PASSED -> PASSED;
            case REJECTED -> REJECTED;
            case FAILED -> status < SERVER_ERROR ? REJECTED : UNAVAILABLE;
          };
    };
  }
}
