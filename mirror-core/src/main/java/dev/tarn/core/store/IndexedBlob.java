package dev.tarn.core.store;

import dev.tarn.core.digest.Digest;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What memory knows of one complete blob: its size, how many handles to it are open, whether it is
 * gone. Thread-safe.
 *
 * <pre>
 *   unpinned (0 handles) ⇄ pinned (n handles)
 *      └→ retired (evicted, removed or vanished: for good)
 * </pre>
 */
final class IndexedBlob {
  /** What room is counted in: file systems give whole blocks. */
  static final int BLOCK_BYTES = 4096;

  private static final int RETIRED = -1;

  private final Digest digest;
  private final long size;
  private final AtomicInteger pins = new AtomicInteger();

  /** Whether it is in the index's sums. */
  private boolean counted;

  /** Whether the policy wanted to evict it while it was pinned, and now counts it as nothing. */
  private volatile boolean weightless;

  private volatile long touchedMillis;

  IndexedBlob(Digest digest, long size, long touchedMillis) {
    this.digest = digest;
    this.size = size;
    this.touchedMillis = touchedMillis;
  }

  Digest digest() {
    return digest;
  }

  long size() {
    return size;
  }

  /** The bytes of whole blocks that it takes on disk. */
  long room() {
    return Math.max(1, (size + BLOCK_BYTES - 1) / BLOCK_BYTES) * BLOCK_BYTES;
  }

  /**
   * One more handle. Answers the number there were before, or a negative one where it is retired.
   */
  int pin() {
    while (true) {
      int now = pins.get();
      if (now == RETIRED || pins.compareAndSet(now, now + 1)) {
        return now;
      }
    }
  }

  /** One handle less. Answers the number that is left. */
  int unpin() {
    return pins.decrementAndGet();
  }

  boolean pinned() {
    return pins.get() > 0;
  }

  /** Retires it where no handle is open. */
  boolean retire() {
    return pins.compareAndSet(0, RETIRED);
  }

  synchronized void count() {
    counted = true;
  }

  /** Takes it out of the sums; false where it was out already. */
  synchronized boolean uncount() {
    boolean was = counted;
    counted = false;
    return was;
  }

  boolean weightless() {
    return weightless;
  }

  void weightless(boolean value) {
    weightless = value;
  }

  /** When the file's modification time, which keeps recency across restarts, was last set. */
  long touchedMillis() {
    return touchedMillis;
  }

  void touchedMillis(long millis) {
    touchedMillis = millis;
  }
}
