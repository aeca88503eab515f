package dev.tarn.e2e.operate;

import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.image.Blob;
import dev.tarn.e2e.image.Image;
import dev.tarn.e2e.node.TarnNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * An image in a registry, and how a node's containerd gets it: from the node's Tarn, and what Tarn
 * does not give from the registry itself.
 *
 * @param origin where the registry really is
 */
record Ship(String registry, URI origin, String repository, Image image) {
  /** By it Tarn knows that a containerd uses it, and the agent hears of that. */
  private static final String CONTAINERD = "containerd/v2.1.4";

  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .proxy(HttpClient.Builder.NO_PROXY)
          .build();

  /** Asks a node what the tag is; the status of its answer. */
  int resolve(TarnNode node) {
    return bytes(at(node.uri(), "manifests/v1?ns=" + registry), image.manifest()).status();
  }

  /** Begins to pull it as a client on a node: the manifest, then all else at once. */
  CompletableFuture<Void> pulling(TarnNode node) {
    return CompletableFuture.runAsync(
        () -> {
          fetch(node, "manifests/v1", image.manifest());
          CompletableFuture.allOf(
                  image.blobs().stream()
                      .map(
                          blob ->
                              CompletableFuture.runAsync(
                                  () -> fetch(node, "blobs/" + blob.digest(), blob), Ship::start))
                      .toArray(CompletableFuture<?>[]::new))
              .join();
        },
        Ship::start);
  }

  private static void start(Runnable task) {
    Thread.ofVirtual().start(task);
  }

  private void fetch(TarnNode node, String object, Blob expected) {
    Answer answer = bytes(at(node.uri(), object + "?ns=" + registry), expected);
    if (answer.status() == 504) {
      answer = bytes(at(origin, object), expected);
    }
    if (answer.status() != 200 || answer.bytes() != expected.size()) {
      throw new CaseFailed(object + " of " + repository + ": " + answer);
    }
  }

  private URI at(URI server, String object) {
    return server.resolve("/v2/" + repository + "/" + object);
  }

  private record Answer(int status, long bytes) {}

  private static Answer bytes(URI uri, Blob expected) {
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .timeout(LIMIT)
            .header("User-Agent", CONTAINERD)
            .header("Accept", expected.mediaType())
            .build();
    try {
      HttpResponse<InputStream> response =
          HTTP.send(request, HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        return new Answer(response.statusCode(), body.transferTo(OutputStream.nullOutputStream()));
      }
    } catch (IOException e) {
      throw new CaseFailed(uri + ": " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CaseFailed(uri + ": interrupted");
    }
  }
}
