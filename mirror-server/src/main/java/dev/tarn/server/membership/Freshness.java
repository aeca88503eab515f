package dev.tarn.server.membership;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Remembers when a source last heard that what it found still holds. Thread-safe, never blocks. */
public final class Freshness {
  private final LongSupplier nanoTime;
  private final AtomicLong heardNanos;

  /**
   * Counts from now on.
   *
   * @param nanoTime a clock that only goes on
   */
  public Freshness(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.heardNanos = new AtomicLong(nanoTime.getAsLong());
  }

  /** Something was heard now. */
  public void heard() {
    heardNanos.set(nanoTime.getAsLong());
  }

  /** How long nothing was heard. */
  public Duration age() {
    return Duration.ofNanos(nanoTime.getAsLong() - heardNanos.get());
  }
}
