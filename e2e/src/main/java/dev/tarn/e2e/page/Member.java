package dev.tarn.e2e.page;

import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.http.Fetch;
import dev.tarn.e2e.http.Relay;
import dev.tarn.e2e.image.Blob;
import dev.tarn.e2e.image.Image;
import dev.tarn.e2e.node.TarnNode;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A node of the cluster.
 *
 * @param upstream its own way to the registry
 * @param page before its admin endpoint, to see what browsers ask it
 */
record Member(String name, TarnNode tarn, Relay upstream, Relay page) {
  private static final long PULL_LIMIT_SECONDS = 120;

  /** Where its page is. */
  URI address() {
    return page.uri().resolve("/");
  }

  /** Begins to pull an image as a client on this node: the manifest, then all else at once. */
  CompletableFuture<Void> pulling(String repository, String tag, Image image) {
    return CompletableFuture.runAsync(
        () -> {
          fetch(repository, "manifests/" + tag, image.manifest());
          List<CompletableFuture<Void>> blobs = new ArrayList<>();
          for (Blob blob : image.blobs()) {
            blobs.add(
                CompletableFuture.runAsync(
                    () -> fetch(repository, "blobs/" + blob.digest(), blob), Member::start));
          }
          blobs.forEach(CompletableFuture::join);
        },
        Member::start);
  }

  private static void start(Runnable task) {
    Thread.ofVirtual().start(task);
  }

  /** Waits for the end of pulls. */
  static void await(List<CompletableFuture<Void>> pulls)
      throws ExecutionException, InterruptedException, TimeoutException {
    for (CompletableFuture<Void> pull : pulls) {
      pull.get(PULL_LIMIT_SECONDS, TimeUnit.SECONDS);
    }
  }

  private void fetch(String repository, String object, Blob expected) {
    Fetch.Fetched fetched = Fetch.digestOf(object(repository, object), expected.mediaType());
    if (!fetched.equals(new Fetch.Fetched(200, expected.digest(), expected.size()))) {
      throw new CaseFailed(name + " gave " + fetched + " for " + object + " of " + repository);
    }
  }

  /** The status of its answer to a question that only upstream can answer. */
  int asksUpstream(String repository) {
    return Fetch.statusOf(object(repository, "tags/list"));
  }

  private URI object(String repository, String object) {
    return tarn.uri().resolve("/v2/" + repository + "/" + object + "?ns=" + PageBench.REGISTRY);
  }
}
