package dev.tarn.server.registry;

import dev.tarn.server.mirror.Answer;
import dev.tarn.server.mirror.HeaderFields.Field;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The status line and the headers of an answer, written as bytes straight into the buffer that goes
 * to the socket: what a hit costs is mostly what is made for it on the way. Stateless.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112">RFC 9112, HTTP/1.1</a>
 */
final class ResponseHead {
  /** Room for the head of an ordinary answer; the buffer grows for others. */
  private static final int USUAL_BYTES = 512;

  private static final byte[] OK = ascii("HTTP/1.1 200 OK\r\n");
  private static final byte[] CONTENT_LENGTH = ascii("content-length: ");
  private static final byte[] CHUNKED = ascii("transfer-encoding: chunked\r\n");
  private static final byte[] ALLOW = ascii("allow: GET, HEAD\r\n");
  private static final byte[] CLOSE = ascii("connection: close\r\n");
  private static final byte[] END = ascii("\r\n");
  private static final int METHOD_NOT_ALLOWED = 405;

  private ResponseHead() {}

  /**
   * The head of {@code answer}, in a buffer that the caller owns.
   *
   * @param links turns upstream's links into the client's; null where there are none
   * @param framing how the client tells where the body ends
   * @param keepAlive whether a further request may follow
   * @param bodyBytes what the caller will add to the buffer
   */
  static ByteBuf of(
      ByteBufAllocator allocator,
      Answer answer,
      @Nullable Links links,
      Framing framing,
      boolean keepAlive,
      int bodyBytes) {
    // First what could fail, so that there is no buffer to be released then.
    String link = link(answer.headers().link(), links);
    ByteBuf to = allocator.directBuffer(USUAL_BYTES + bodyBytes);
    statusLine(to, answer.status());
    answer.headers().writeTo(to);
    text(to, link);
    switch (framing) {
      case LENGTH -> {
        if (answer.contentLength() >= 0) {
          to.writeBytes(CONTENT_LENGTH);
          text(to, Long.toString(answer.contentLength()));
          to.writeBytes(END);
        }
      }
      case CHUNKED -> to.writeBytes(CHUNKED);
    }
    to.writeBytes(CacheStatus.line(answer.source(), answer.outcome()));
    if (answer.status() == METHOD_NOT_ALLOWED) {
      to.writeBytes(ALLOW);
    }
    if (!keepAlive) {
      to.writeBytes(CLOSE);
    }
    to.writeBytes(END);
    return to;
  }

  private static String link(@Nullable String upstreams, @Nullable Links links) {
    String link = upstreams == null || links == null ? null : links.rewrite(upstreams);
    return link == null ? "" : new Field("Link", link).line();
  }

  private static void statusLine(ByteBuf to, int status) {
    if (status == HttpResponseStatus.OK.code()) {
      to.writeBytes(OK);
    } else {
      text(to, "HTTP/1.1 " + HttpResponseStatus.valueOf(status) + "\r\n");
    }
  }

  private static void text(ByteBuf to, String text) {
    to.writeCharSequence(text, StandardCharsets.US_ASCII);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
