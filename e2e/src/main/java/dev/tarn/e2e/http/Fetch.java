package dev.tarn.e2e.http;

import dev.tarn.e2e.image.Hashing;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;

/** Plain requests from the harness itself, on the calling thread. */
public final class Fetch {
  private static final String ANYTHING = "*/*";
  private static final Duration REQUEST_LIMIT = Duration.ofMinutes(2);
  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .proxy(HttpClient.Builder.NO_PROXY)
          .build();

  private Fetch() {}

  /** What a GET brought: its status, and digest and length of its body. */
  public record Fetched(int status, String digest, long bytes) {}

  public static Fetched digestOf(URI uri) {
    return digestOf(uri, ANYTHING);
  }

  public static Fetched digestOf(URI uri, String accept) {
    MessageDigest hash = Hashing.sha256();
    try {
      HttpResponse<InputStream> response = send(uri, accept, BodyHandlers.ofInputStream());
      try (InputStream body = new DigestInputStream(response.body(), hash)) {
        long bytes = body.transferTo(OutputStream.nullOutputStream());
        return new Fetched(response.statusCode(), Hashing.digest(hash), bytes);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A GET's status, or 0 where nobody answers. */
  public static int statusOf(URI uri) {
    return statusOf(uri, ANYTHING);
  }

  /** A GET's status, or 0 where nobody answers. */
  public static int statusOf(URI uri, String accept) {
    try {
      return send(uri, accept, BodyHandlers.discarding()).statusCode();
    } catch (IOException nobody) {
      return 0;
    }
  }

  /** The status of a GET with one more header, or 0 where nobody answers. */
  public static int statusOf(URI uri, String accept, String header, String value) {
    HttpRequest request = request(uri, accept).header(header, value).build();
    try {
      return send(request, BodyHandlers.discarding()).statusCode();
    } catch (IOException nobody) {
      return 0;
    }
  }

  public static String text(URI uri) throws IOException {
    return send(uri, ANYTHING, BodyHandlers.ofString()).body();
  }

  private static <T> HttpResponse<T> send(
      URI uri, String accept, HttpResponse.BodyHandler<T> handler) throws IOException {
    return send(request(uri, accept).build(), handler);
  }

  private static HttpRequest.Builder request(URI uri, String accept) {
    return HttpRequest.newBuilder(uri).timeout(REQUEST_LIMIT).header("Accept", accept);
  }

  private static <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler)
      throws IOException {
    try {
      return HTTP.send(request, handler);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
