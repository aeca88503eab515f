package dev.tarn.server.mirror;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A bucket that fills evenly and is taken from one by one. Thread-safe, never blocks.
 *
 * <p>It is one number: the instant at which it would be full if nobody took any more (the generic
 * cell rate algorithm, ITU-T I.371).
 */
final class TokenBucket {
  private final long intervalNanos;
  private final long capacityNanos;
  private final AtomicLong fullAt;

  /**
   * A full one.
   *
   * @param intervalNanos in which it gets one more
   * @param capacity how many it holds
   * @param now of a monotonic clock
   */
  TokenBucket(long intervalNanos, int capacity, long now) {
    this.intervalNanos = intervalNanos;
    this.capacityNanos = Math.multiplyExact(intervalNanos, (long) capacity);
    this.fullAt = new AtomicLong(now);
  }

  /** Takes one: 0, or the nanoseconds until there is one where there is none. */
  long take(long now) {
    while (true) {
      long before = fullAt.get();
      long after = (before - now > 0 ? before : now) + intervalNanos;
      long missing = after - now - capacityNanos;
      if (missing > 0) {
        return missing;
      }
      if (fullAt.compareAndSet(before, after)) {
        return 0;
      }
    }
  }
}
