package dev.tarn.server.upstream;

import dev.tarn.server.upstream.UpstreamAnswer.Failed;
import dev.tarn.server.upstream.UpstreamAnswer.Found;
import dev.tarn.server.upstream.UpstreamAnswer.NotFound;
import dev.tarn.server.upstream.UpstreamAnswer.RateLimited;
import dev.tarn.server.upstream.UpstreamAnswer.Reason;
import dev.tarn.server.upstream.UpstreamAnswer.Refused;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/** Judges an answer by its status and headers: what it means, and whether it can be believed. */
record Verdict(Duration stallTimeout, InstantSource clock, Consumer<Reason> bodyBroke) {
  private static final int SERVER_ERROR = 500;

  /** Takes ownership of {@code response}. */
  Attempt of(Ask ask, Response response, boolean anonymous) {
    int status = response.status();
    return switch (status) {
      case 200, 206 -> found(ask, response, anonymous);
      case 401, 403 ->
          response.foreign()
              ? status(response)
              : new Attempt.Final(new Refused(status, response.challenges(), response.errorBody()));
      case 404 -> new Attempt.Final(new NotFound(response.errorBody()));
      case 429 -> {
        response.discard();
        RateLimited limited = new RateLimited(retryAfter(response));
        yield response.foreign() ? new Attempt.Final(limited) : new Attempt.Limited(limited);
      }
      case 502, 503, 504 -> {
        response.discard();
        yield new Attempt.Chance(
            new Failed(Reason.STATUS, "status " + status), retryAfter(response));
      }
      default -> status(response);
    };
  }

  private static Attempt status(Response response) {
    response.discard();
    String where = response.foreign() ? " from where it redirected" : "";
    Failed failed = new Failed(Reason.STATUS, "status " + response.status() + where);
    return response.status() >= SERVER_ERROR && !response.foreign()
        ? new Attempt.Away(failed)
        : new Attempt.Final(failed);
  }

  private Optional<Duration> retryAfter(Response response) {
    return RetryAfter.parse(response.headers().get(HttpHeaderNames.RETRY_AFTER), clock);
  }

  private Attempt found(Ask ask, Response response, boolean anonymous) {
    String encoding = response.header(HttpHeaderNames.CONTENT_ENCODING).orElse("identity");
    if (!encoding.strip().equalsIgnoreCase("identity")) {
      return unbelievable(response, "content encoded though identity was asked for");
    }
    if (ask.kind() != Ask.Kind.BLOB && isHtml(response)) {
      return unbelievable(response, "an HTML page");
    }
    Optional<ResponseContent.Extent> extent =
        response.status() == 206 ? partial(ask, response) : whole(response);
    return extent
        .<Attempt>map(
            part ->
                new Attempt.Final(
                    new Found(
                        new ResponseContent(response, part, anonymous, stallTimeout, bodyBroke))))
        .orElseGet(() -> unbelievable(response, "a range that was not asked for"));
  }

  private static Attempt unbelievable(Response response, String why) {
    response.exchange().close();
    return new Attempt.Final(new Failed(Reason.PROTOCOL, why));
  }

  private static boolean isHtml(Response response) {
    String type = response.header(HttpHeaderNames.CONTENT_TYPE).orElse("");
    String lower = type.strip().toLowerCase(Locale.ROOT);
    return lower.startsWith("text/html") || lower.startsWith("application/xhtml");
  }

  private static Optional<ResponseContent.Extent> whole(Response response) {
    return Optional.of(new ResponseContent.Extent(0, length(response)));
  }

  private static Optional<ResponseContent.Extent> partial(Ask ask, Response response) {
    long length = length(response);
    return response
        .header(HttpHeaderNames.CONTENT_RANGE)
        .flatMap(ContentRange::parse)
        .filter(range -> ask.part().includes(range))
        .filter(range -> length < 0 || length == range.length())
        .map(range -> new ResponseContent.Extent(range.first(), range.total()));
  }

  /** The length that the framing holds the body to, or -1. */
  private static long length(Response response) {
    boolean chunked = response.headers().contains(HttpHeaderNames.TRANSFER_ENCODING);
    String text = response.headers().get(HttpHeaderNames.CONTENT_LENGTH, "");
    return chunked || text.isEmpty() ? -1 : Long.parseLong(text.strip());
  }
}
