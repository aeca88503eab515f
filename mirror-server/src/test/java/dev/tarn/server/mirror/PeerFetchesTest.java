package dev.tarn.server.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.catalog.Catalog;
import dev.tarn.core.proof.Deliveries;
import dev.tarn.core.store.BlobStore;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When fetches wait for peers that are about to come. */
class PeerFetchesTest {
  @TempDir Path directory;
  private PeerFetches peers;

  @BeforeEach
  void start() throws IOException {
    Catalog catalog = Catalog.open(directory);
    Deliveries deliveries = new Deliveries(catalog, Clock.systemUTC());
    peers = new PeerFetches(unusedStore(), deliveries, Runnable::run);
  }

  private static BlobStore unusedStore() {
    return (BlobStore)
        Proxy.newProxyInstance(
            BlobStore.class.getClassLoader(),
            new Class<?>[] {BlobStore.class},
            (_, method, _) -> {
              throw new AssertionError(method + " is not to be called");
            });
  }

  @Test
  void whereNoneAreExpectedNobodyWaits() throws InterruptedException {
    peers.awaitExpected();

    assertThat(peers.connected()).isFalse();
  }

  @Test
  void whileTheyAreExpectedEverybodyWaitsUntilTheyAreNoLonger() throws Exception {
    peers.expect();
    Waiting waiting = new Waiting();

    assertThat(waiting.over).isNotDone();
    peers.expectNoLonger();

    waiting.over.get();
    peers.awaitExpected();
  }

  @Test
  void whereTheyConnectNobodyWaitsAnyLonger() throws Exception {
    peers.expect();
    Waiting waiting = new Waiting();

    peers.connect(null);

    waiting.over.get();
  }

  /** One that waits by now. */
  private final class Waiting {
    final CompletableFuture<Void> over = new CompletableFuture<>();

    Waiting() {
      Thread thread =
          Thread.startVirtualThread(
              () -> {
                try {
                  peers.awaitExpected();
                  over.complete(null);
                } catch (InterruptedException e) {
                  over.completeExceptionally(e);
                }
              });
      Awaitility.await().until(() -> thread.getState() == Thread.State.WAITING);
    }
  }
}
