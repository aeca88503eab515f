package dev.tarn.server.upstream;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What an upstream registry said, or that it said nothing usable. */
public sealed interface UpstreamAnswer {

  /** 200 or 206. The receiver owns the content and closes it. */
  record Found(UpstreamContent content) implements UpstreamAnswer {}

  /** 404: final, never papered over. {@code body} is upstream's own error, bounded. */
  record NotFound(ErrorBody body) implements UpstreamAnswer {}

  /** 401 or 403, with the challenges verbatim, to be passed to the client. */
  record Refused(int status, List<String> challenges, ErrorBody body) implements UpstreamAnswer {

    /**
     * Whether the token that was shown is to blame, because it expired, say, and not whom it was
     * issued to.
     *
     * @see <a href="https://www.rfc-editor.org/rfc/rfc6750#section-3.1">RFC 6750, section 3.1</a>
     */
    public boolean blamesToken() {
      return status == 401
          && Challenge.bearer(challenges)
              .flatMap(challenge -> challenge.parameter("error"))
              .filter("invalid_token"::equals)
              .isPresent();
    }
  }

  /** 429. */
  record RateLimited(Optional<Duration> retryAfter) implements UpstreamAnswer {}

  /**
   * Not asked: the client asks more of upstream than one may. Says nothing of how upstream stands.
   */
  record TooMany(Duration retryAfter) implements UpstreamAnswer {}

  /** Nothing usable: not reached, too slow, broken, 5xx, or an answer that makes no sense. */
  record Failed(Reason reason, String detail) implements UpstreamAnswer {}

  /** Why nothing usable came; also a metric's label. */
  enum Reason {
    CONNECT,
    TIMEOUT,
    TLS,
    /** The connection broke: no answer, or a body that ended before its length. */
    BROKEN,
    STATUS,
    PROTOCOL,
    FORBIDDEN_TARGET
  }

  /** An error's body as upstream sent it, cut to a bound; {@code contentType} may be empty. */
  record ErrorBody(String contentType, String text) {
    public static final ErrorBody NONE = new ErrorBody("", "");
  }
}
