package dev.tarn.server.admin;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Map;

/** An answer of the admin endpoint, but for its framing. */
record AdminReply(
    HttpResponseStatus status, String contentType, String body, Map<CharSequence, String> headers) {
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String JSON = "application/json";

  static AdminReply text(HttpResponseStatus status, String body) {
    return new AdminReply(status, TEXT, body, Map.of());
  }

  static AdminReply json(HttpResponseStatus status, String body) {
    return new AdminReply(status, JSON, body, Map.of());
  }

  /** Says which methods there are. */
  static AdminReply notAllowed(String allowed) {
    return new AdminReply(
        HttpResponseStatus.METHOD_NOT_ALLOWED,
        TEXT,
        "only " + allowed + "\n",
        Map.of(HttpHeaderNames.ALLOW, allowed));
  }

  AdminReply with(CharSequence header, String value) {
    return new AdminReply(status, contentType, body, Map.of(header, value));
  }
}
