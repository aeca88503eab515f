package dev.tarn.server.mirror;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** So many a second, and so many at once after a quiet time. Thread-safe, never blocks. */
final class RateLimit {
  private final LongSupplier nanoClock;
  private final long intervalNanos;
  private final long burstNanos;

  /** When all that was taken would have been due at the even rate. */
  private final AtomicLong dueNanos;

  RateLimit(LongSupplier nanoClock, int perSecond, int burst) {
    this.nanoClock = nanoClock;
    this.intervalNanos = Duration.ofSeconds(1).toNanos() / perSecond;
    this.burstNanos = intervalNanos * burst;
    this.dueNanos = new AtomicLong(nanoClock.getAsLong() - burstNanos);
  }

  /** Whether one more is within the limit; if so it counts. */
  boolean take() {
    long now = nanoClock.getAsLong();
    while (true) {
      long due = dueNanos.get();
      long from = due - now < -burstNanos ? now - burstNanos : due;
      if (from + intervalNanos - now > 0) {
        return false;
      }
      if (dueNanos.compareAndSet(due, from + intervalNanos)) {
        return true;
      }
    }
  }
}
