package dev.tarn.server.demo;

import dev.tarn.core.digest.Algorithm;
import dev.tarn.core.digest.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Pulls an image through a mirror as containerd does, verifying every digest. */
final class PullClient implements AutoCloseable {
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final LongSupplier nanoClock;

  PullClient(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /** One request of a pull and where its answer came from. */
  record Step(String what, String source, long bytes, Duration time) {}

  /** Pulls all content of {@code image}, named by {@code tag} below {@code base}. */
  List<Step> pull(URI base, String namespace, String tag, GeneratedImage image)
      throws IOException, InterruptedException {
    List<Step> steps = new ArrayList<>();
    String query = "?ns=" + namespace;
    steps.add(request("HEAD", base.resolve("manifests/" + tag + query), "tag " + tag, null));
    Digest manifest = image.manifestDigest();
    steps.add(request("GET", base.resolve("manifests/" + manifest + query), "manifest", manifest));
    for (Digest digest : image.contentInPullOrder()) {
      String what = "blob " + digest.hex().substring(0, 12);
      steps.add(request("GET", base.resolve("blobs/" + digest + query), what, digest));
    }
    return steps;
  }

  private Step request(String method, URI uri, String what, @Nullable Digest expected)
      throws IOException, InterruptedException {
    long started = nanoClock.getAsLong();
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .method(method, HttpRequest.BodyPublishers.noBody())
            .timeout(Duration.ofSeconds(30))
            .build();
    HttpResponse<InputStream> response = http.send(request, BodyHandlers.ofInputStream());
    long bytes;
    try (InputStream body = response.body()) {
      if (response.statusCode() != 200) {
        throw new IOException(method + " " + uri + " was answered " + response.statusCode());
      }
      bytes = expected == null ? 0 : verify(body, expected);
    }
    Duration time = Duration.ofNanos(nanoClock.getAsLong() - started);
    String source =
        response
            .headers()
            .firstValue("Cache-Status")
            .map(status -> status.substring(status.lastIndexOf('=') + 1))
            .orElse("?");
    return new Step(what, source, bytes, time);
  }

  private static long verify(InputStream body, Digest expected) throws IOException {
    MessageDigest hash = Algorithm.SHA256.newHash();
    byte[] buffer = new byte[64 * 1024];
    long bytes = 0;
    for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
      hash.update(buffer, 0, read);
      bytes += read;
    }
    Digest actual = Digest.of(Algorithm.SHA256, hash);
    if (!actual.equals(expected)) {
      throw new IOException("wrong bytes: got " + actual + " for " + expected);
    }
    return bytes;
  }

  @Override
  public void close() {
    http.close();
  }
}
