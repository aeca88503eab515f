package dev.tarn.e2e.bench;

import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.image.Blob;
import dev.tarn.e2e.image.Hashing;
import dev.tarn.e2e.image.ImageMaker;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;

/** Asks as containerd does and looks at what comes, on the calling thread. */
final class Client {
  /** Without it docker-registry denies that it has a manifest. */
  static final String ACCEPT = ImageMaker.MANIFEST + ", */*";

  private static final Duration REQUEST_LIMIT = Duration.ofMinutes(2);
  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .proxy(HttpClient.Builder.NO_PROXY)
          .build();

  private Client() {}

  /** Fails the case unless the content is what comes. */
  static void expect(URI uri, Blob content) throws IOException, InterruptedException {
    MessageDigest hash = Hashing.sha256();
    HttpResponse<InputStream> response = HTTP.send(request(uri), BodyHandlers.ofInputStream());
    try (InputStream body = new DigestInputStream(response.body(), hash)) {
      body.transferTo(OutputStream.nullOutputStream());
    }
    String digest = Hashing.digest(hash);
    if (response.statusCode() != 200 || !digest.equals(content.digest())) {
      throw new CaseFailed(uri + " is answered " + response.statusCode() + " with " + digest);
    }
  }

  /** Whether it is there. */
  static boolean gets(URI uri) throws InterruptedException {
    try {
      return HTTP.send(request(uri), BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException broken) {
      return false;
    }
  }

  private static HttpRequest request(URI uri) {
    return HttpRequest.newBuilder(uri).timeout(REQUEST_LIMIT).header("Accept", ACCEPT).build();
  }
}
