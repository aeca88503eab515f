package dev.tarn.server.upstream;

import dev.tarn.server.upstream.UpstreamAnswer.ErrorBody;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An answer whose headers were read. Whoever has it ends it: by {@link #errorBody}, {@link
 * #discard}, {@link #bytes} or by closing its exchange.
 *
 * @param url what was asked last, redirects followed
 * @param foreign whether a redirect led away from the registry's own site
 * @param registry the address at which the registry was reached; null where a proxy knows
 */
record Response(
    Exchange exchange,
    Exchange.Head head,
    HttpUrl url,
    boolean foreign,
    @Nullable InetAddress registry,
    Deadline deadline) {
  private static final int MAX_ERROR_BYTES = 64 * 1024;
  private static final Duration DRAIN_LIMIT = Duration.ofSeconds(1);

  int status() {
    return head.status();
  }

  HttpHeaders headers() {
    return head.headers();
  }

  Optional<String> header(CharSequence name) {
    return Optional.ofNullable(headers().get(name));
  }

  List<String> challenges() {
    return headers().getAll(HttpHeaderNames.WWW_AUTHENTICATE);
  }

  /** Reads the body as an error's, cut to 64 KiB; what broke is cut there. Ends the exchange. */
  ErrorBody errorBody() {
    Part part = read(MAX_ERROR_BYTES, deadline);
    return new ErrorBody(
        header(HttpHeaderNames.CONTENT_TYPE).orElse(""),
        part.bytes().toString(StandardCharsets.UTF_8));
  }

  /**
   * The whole body where it has at most {@code limit} bytes and came in time. Ends the exchange.
   */
  Optional<byte[]> bytes(int limit) {
    Part part = read(limit, deadline);
    return part.whole() ? Optional.of(part.bytes().toByteArray()) : Optional.empty();
  }

  /** Ends the exchange; a small body is read, so that the connection can be used again. */
  void discard() {
    var _ = read(MAX_ERROR_BYTES, deadline.orAfter(DRAIN_LIMIT));
  }

  private record Part(ByteArrayOutputStream bytes, boolean whole) {}

  private Part read(int limit, Deadline until) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ByteBuf next = exchange.next(Duration.ofNanos(until.remainingNanos()));
      while (next != null) {
        boolean fits;
        try {
          int room = Math.min(limit - bytes.size(), next.readableBytes());
          fits = room == next.readableBytes();
          next.readBytes(bytes, room);
        } finally {
          next.release();
        }
        if (!fits) {
          return new Part(bytes, false);
        }
        next = exchange.next(Duration.ofNanos(until.remainingNanos()));
      }
      return new Part(bytes, true);
    } catch (java.io.IOException e) {
      return new Part(bytes, false);
    } finally {
      exchange.close();
    }
  }
}
