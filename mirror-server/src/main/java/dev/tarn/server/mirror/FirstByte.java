package dev.tarn.server.mirror;

import dev.tarn.core.store.BlobStore;
import dev.tarn.core.transfer.Transfer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * How long headers wait for a byte that may be sent. Where bytes come, but none of these yet, as a
 * chunk of a peer's is not whole, that is certain enough after a while: on a slow link a client
 * that is told to go upstream makes it slower for all. Stateless.
 *
 * @param patience after which any byte will do
 * @param look how often it is looked for one from then on
 */
record FirstByte(Duration patience, Duration look) {
  private static final Duration LOOK = Duration.ofMillis(50);

  static FirstByte within(Duration headerTimeout) {
    return new FirstByte(Duration.ofNanos(headerTimeout.toNanos() / 5 * 3), LOOK);
  }

  /** Returns when {@code progress} was told of, or when it is certain that there will be some. */
  void await(Transfer transfer, CountDownLatch progress) throws InterruptedException {
    long before = transfer.cameBytes();
    boolean anyWillDo = transfer.size() != BlobStore.UNKNOWN_SIZE;
    boolean here = progress.await(patience.toNanos(), TimeUnit.NANOSECONDS);
    while (!here && !(anyWillDo && transfer.cameBytes() > before)) {
      here = progress.await(look.toNanos(), TimeUnit.NANOSECONDS);
    }
  }
}
