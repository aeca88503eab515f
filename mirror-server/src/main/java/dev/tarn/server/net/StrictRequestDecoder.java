package dev.tarn.server.net;

import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decodes requests, and none of which two readers could see a different end, or a different sender:
 * what the standard lets a server make sense of is refused here. What is refused has a failed
 * decoder result, and nothing behind it is read. Belongs to one connection.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112#section-11.2">RFC 9112, Request
 *     Smuggling</a>
 */
public final class StrictRequestDecoder extends HttpRequestDecoder {
  /** Some five times as many as anybody sends. */
  private static final int MAX_HEADERS = 128;

  private static final List<CharSequence> AT_MOST_ONCE =
      List.of(
          HttpHeaderNames.HOST,
          HttpHeaderNames.CONTENT_LENGTH,
          HttpHeaderNames.TRANSFER_ENCODING,
          HttpHeaderNames.AUTHORIZATION,
          HttpHeaderNames.RANGE);

  public StrictRequestDecoder(int maxRequestLineBytes, int maxHeaderBytes) {
    super(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(maxRequestLineBytes)
            .setMaxHeaderSize(maxHeaderBytes));
  }

  /** Asked once for each request, when its headers are here and before its body is looked for. */
  @Override
  protected boolean isContentAlwaysEmpty(HttpMessage request) {
    HttpHeaders headers = request.headers();
    if (headers.size() > MAX_HEADERS) {
      throw new TooLongHttpHeaderException("more than " + MAX_HEADERS + " headers");
    }
    for (CharSequence name : AT_MOST_ONCE) {
      Iterator<? extends CharSequence> values = headers.valueCharSequenceIterator(name);
      if (values.hasNext()) {
        values.next();
        require(!values.hasNext(), "a header that is there twice");
      }
    }
    HttpVersion version = request.protocolVersion();
    require(
        version.equals(HttpVersion.HTTP_1_1) || version.equals(HttpVersion.HTTP_1_0),
        "another version of HTTP");
    boolean latest = version.equals(HttpVersion.HTTP_1_1);
    requireHost(headers.get(HttpHeaderNames.HOST), latest);
    requireLength(headers.get(HttpHeaderNames.CONTENT_LENGTH), latest);
    String encoding = headers.get(HttpHeaderNames.TRANSFER_ENCODING);
    require(
        encoding == null || (latest && HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(encoding)),
        "a transfer encoding that is not known");
    return super.isContentAlwaysEmpty(request);
  }

  private static void requireHost(@Nullable String host, boolean latest) {
    require(host != null || !latest, "no host");
    require(host == null || consistsOf(host, '!', '~'), "not one host");
  }

  /** Of an older request with several lengths Netty shows one; none that is sent has any. */
  private static void requireLength(@Nullable String length, boolean latest) {
    require(
        length == null || (latest && !length.isEmpty() && consistsOf(length, '0', '9')),
        "a length that is not certain");
  }

  private static boolean consistsOf(String text, char first, char last) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < first || text.charAt(i) > last) {
        return false;
      }
    }
    return true;
  }

  @Override
  protected void handleTransferEncodingChunkedWithContentLength(HttpMessage request) {
    throw new IllegalArgumentException("two ends");
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
