package dev.tarn.server.console;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Asks one node's admin endpoint, with the operator's token where there is one. Immutable. */
public final class AdminClient {
  /** The variable that names the token's file, for the node as for its commands. */
  public static final String TOKEN_FILE = "TARN_ADMIN_TOKEN_FILE";

  private static final Duration READ_TIMEOUT = Duration.ofSeconds(60);
  private static final long MAX_ANSWER_BYTES = 16L << 20;

  private final URI base;
  private final Optional<String> token;

  private AdminClient(URI base, Optional<String> token) {
    this.base = base;
    this.token = token;
  }

  /**
   * Asks nothing yet, but reads the token.
   *
   * @param tokenFile the file with the token; empty where none is shown
   * @throws IllegalArgumentException where {@code base} is no URL of an admin endpoint
   * @throws IOException where the token cannot be read
   */
  public static AdminClient of(URI base, Optional<Path> tokenFile) throws IOException {
    String scheme = base.getScheme();
    if (base.getHost() == null || !("http".equals(scheme) || "https".equals(scheme))) {
      throw new IllegalArgumentException(
          "--admin is not a URL such as http://127.0.0.1:5052: " + base);
    }
    return new AdminClient(
        URI.create(base.toString().replaceFirst("/+$", "")),
        tokenFile.isPresent() ? Optional.of(token(tokenFile.get())) : Optional.empty());
  }

  /** Whom it asks. */
  public URI base() {
    return base;
  }

  /** Whether it shows a token. */
  public boolean hasToken() {
    return token.isPresent();
  }

  /** What the node answers to a GET of {@code path}. */
  public Http.Answer get(String path) throws IOException {
    return send("GET", path);
  }

  /** What the node answers to a POST without a body. */
  public Http.Answer post(String path) throws IOException {
    return send("POST", path);
  }

  private Http.Answer send(String method, String path) throws IOException {
    Http.Request request =
        Http.Request.of(method, URI.create(base + path), READ_TIMEOUT, MAX_ANSWER_BYTES);
    return Http.send(
        token
            .map(shown -> request.with(Map.of("Authorization", "Bearer " + shown)))
            .orElse(request));
  }

  private static String token(Path file) throws IOException {
    String token;
    try {
      token = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
    } catch (IOException e) {
      throw new IOException("the token cannot be read: " + e, e);
    }
    if (!token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      // Said here, because the HTTP client would repeat it.
      throw new IOException(
          "the token cannot be read: " + file + " holds more than one word of ASCII");
    }
    return token;
  }
}
