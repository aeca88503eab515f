package dev.tarn.server.admin;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;

/**
 * The page at {@code /} and what belongs to it, from the jar. It may load nothing but its own files
 * and ask nobody but this node, whatever gets into it. Blocks for as long as the jar takes.
 */
final class AdminPage {
  private static final Map<CharSequence, String> HEADERS =
      Map.of(
          HttpHeaderNames.CONTENT_SECURITY_POLICY,
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
              + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
          "x-content-type-options",
          "nosniff",
          "referrer-policy",
          "no-referrer");

  private static final Map<String, Part> PARTS =
      Map.of(
          "/", new Part("page.html", "text/html; charset=utf-8"),
          "/page.css", new Part("page.css", "text/css; charset=utf-8"),
          "/page.js", new Part("page.js", "text/javascript; charset=utf-8"),
          "/icon.svg", new Part("icon.svg", "image/svg+xml"));

  private record Part(String resource, String type) {}

  private AdminPage() {}

  /** Whether there is something at that path. */
  static boolean has(String path) {
    return PARTS.containsKey(path);
  }

  /** What is at a path that it {@link #has}. */
  static AdminReply at(String path) {
    Part part = Objects.requireNonNull(PARTS.get(path), path);
    return new AdminReply(HttpResponseStatus.OK, part.type(), read(part.resource()), HEADERS);
  }

  private static String read(String resource) {
    try (InputStream in = AdminPage.class.getResourceAsStream(resource)) {
      return new String(
          Objects.requireNonNull(in, resource).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
