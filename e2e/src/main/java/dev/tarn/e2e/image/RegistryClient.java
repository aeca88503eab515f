package dev.tarn.e2e.image;

import dev.tarn.e2e.check.CaseFailed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.time.Duration;

/** Pushes images to a registry over its HTTP API, on the calling thread. */
public final class RegistryClient {
  private static final Duration REQUEST_LIMIT = Duration.ofMinutes(2);

  private final URI base;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .proxy(HttpClient.Builder.NO_PROXY)
          .build();

  /** A client of the registry at a URI without a path. */
  public RegistryClient(URI base) {
    this.base = base;
  }

  public void push(String repository, String tag, Image image) {
    pushContent(repository, image);
    putManifest(repository, tag, image.manifest());
  }

  public void push(String repository, String tag, ImageIndex index) {
    for (Image image : index.images()) {
      pushContent(repository, image);
      putManifest(repository, image.manifest().digest(), image.manifest());
    }
    putManifest(repository, tag, index.manifest());
  }

  private void pushContent(String repository, Image image) {
    image.blobs().forEach(blob -> pushBlob(repository, blob));
  }

  /** Uploads a blob unless the repository has it. */
  public void pushBlob(String repository, Blob blob) {
    URI there = base.resolve("/v2/" + repository + "/blobs/" + blob.digest());
    HttpRequest head = request(there).method("HEAD", BodyPublishers.noBody()).build();
    if (send(head).statusCode() == 200) {
      return;
    }
    URI uploads = base.resolve("/v2/" + repository + "/blobs/uploads/");
    HttpResponse<String> started =
        expect(202, request(uploads).POST(BodyPublishers.noBody()).build());
    String location = started.headers().firstValue("Location").orElseThrow();
    URI target = uploads.resolve(location);
    String separator = target.getRawQuery() == null ? "?" : "&";
    URI finish = URI.create(target + separator + "digest=" + blob.digest());
    try {
      expect(
          201,
          request(finish)
              .header("Content-Type", "application/octet-stream")
              .PUT(BodyPublishers.ofFile(blob.file()))
              .build());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Puts a manifest under a tag or its digest. */
  public void putManifest(String repository, String reference, Blob manifest) {
    URI there = base.resolve("/v2/" + repository + "/manifests/" + reference);
    try {
      expect(
          201,
          request(there)
              .header("Content-Type", manifest.mediaType())
              .PUT(BodyPublishers.ofByteArray(Files.readAllBytes(manifest.file())))
              .build());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static HttpRequest.Builder request(URI uri) {
    return HttpRequest.newBuilder(uri).timeout(REQUEST_LIMIT);
  }

  private HttpResponse<String> expect(int status, HttpRequest request) {
    HttpResponse<String> response = send(request);
    if (response.statusCode() != status) {
      throw new CaseFailed(
          request.method()
              + " "
              + request.uri()
              + ": "
              + response.statusCode()
              + " "
              + response.body());
    }
    return response;
  }

  private HttpResponse<String> send(HttpRequest request) {
    try {
      return http.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted during " + request, e);
    }
  }
}
