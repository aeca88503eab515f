package dev.tarn.server.mirror;

import dev.tarn.server.mirror.HeaderFields.Field;
import dev.tarn.server.upstream.UpstreamAnswer;
import dev.tarn.server.upstream.UpstreamAnswer.ErrorBody;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Upstream's refusals, put so that containerd does the right thing: 401, 403 and 404 are upstream's
 * word and passed on as they came; where upstream said nothing usable containerd is sent on by 502,
 * and by 503 where it was told to slow down (a 429 it would repeat at once). A client that itself
 * asks too much is told so by 429.
 */
final class Relay {
  private Relay() {}

  /** The answer to a client whom upstream gave no content; {@code unknown} is for a bare 404. */
  static Answer otherwise(UpstreamAnswer answer, OciError unknown) {
    return switch (answer) {
      case UpstreamAnswer.NotFound(ErrorBody body) -> passed(404, List.of(), body, unknown);
      case UpstreamAnswer.Refused refused -> refused(refused);
      case UpstreamAnswer.RateLimited(Optional<Duration> retryAfter) -> rateLimited(retryAfter);
      case UpstreamAnswer.TooMany(Duration retryAfter) -> tooMany(retryAfter);
      case UpstreamAnswer.Failed failed -> failed(failed);
      case UpstreamAnswer.Found _ -> throw new IllegalStateException("found is never otherwise");
    };
  }

  private static Answer refused(UpstreamAnswer.Refused refused) {
    return passed(
        refused.status(),
        refused.challenges(),
        refused.body(),
        new OciError(OciError.Code.UNAVAILABLE, "upstream refused"));
  }

  private static Answer rateLimited(Optional<Duration> retryAfter) {
    Answer answer =
        Answer.error(
            503,
            Outcome.FAILED,
            new OciError(OciError.Code.TOOMANYREQUESTS, "upstream limits the rate of requests"));
    return retryAfter.map(wait -> withRetryAfter(answer, wait)).orElse(answer);
  }

  private static Answer tooMany(Duration retryAfter) {
    return withRetryAfter(
        Answer.error(
            429,
            Outcome.REJECTED,
            new OciError(OciError.Code.TOOMANYREQUESTS, "this client asks too much of upstream")),
        retryAfter);
  }

  private static Answer withRetryAfter(Answer answer, Duration wait) {
    long seconds = wait.plusSeconds(1).minusNanos(1).toSeconds();
    return new Answer(
        answer.status(),
        answer.contentLength(),
        answer.headers().plus(new Field("Retry-After", Long.toString(seconds))),
        answer.body(),
        answer.source(),
        answer.outcome(),
        null);
  }

  private static Answer failed(UpstreamAnswer.Failed failed) {
    int status = failed.reason() == UpstreamAnswer.Reason.TIMEOUT ? 504 : 502;
    return Answer.unavailable(status, "upstream: " + failed.detail());
  }

  private static Answer passed(
      int status, List<String> challenges, ErrorBody body, OciError fallback) {
    boolean empty = body.text().isEmpty();
    Content content = Content.of(empty ? fallback.toJson() : body.text());
    String type = empty || body.contentType().isEmpty() ? Answer.JSON : body.contentType();
    return new Answer(
        status,
        content.length(),
        HeaderFields.of(new Field("Content-Type", type)).withChallenges(challenges),
        new Body.Bytes(content),
        Source.UPSTREAM,
        Outcome.PASSED,
        null);
  }
}
