package dev.tarn.server.peer;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A token bucket that lends: whoever takes says how much, and is told how long to wait before the
 * next. Thread-safe, never blocks.
 *
 * <p>What goes first waits only for what is owed beyond {@link #GRACE_NANOS}; the others pay for
 * it.
 */
final class Bandwidth {
  private static final long BURST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int TURNS_PER_SECOND = 50;
  private static final int MIN_TURN_BYTES = 16 * 1024;

  private final long bytesPerSecond;
  private final LongSupplier nanoClock;

  /** When everything taken so far is paid for. */
  private long paidAt;

  /**
   * @param bytesPerSecond {@link PeerSettings#UNLIMITED} for no limit
   */
  Bandwidth(long bytesPerSecond, LongSupplier nanoClock) {
    this.bytesPerSecond = bytesPerSecond;
    this.nanoClock = nanoClock;
    this.paidAt = nanoClock.getAsLong() - BURST_NANOS;
  }

  /** How much to take at a time, {@code most} at most, so that many share smoothly. */
  int turn(int most) {
    return bytesPerSecond == PeerSettings.UNLIMITED
        ? most
        : Math.clamp(bytesPerSecond / TURNS_PER_SECOND, MIN_TURN_BYTES, most);
  }

  /** Takes {@code bytes}; answers for how many nanoseconds to wait before more. */
  synchronized long take(long bytes, boolean first) {
    if (bytesPerSecond == PeerSettings.UNLIMITED) {
      return 0;
    }
    long now = nanoClock.getAsLong();
    double cost = (double) bytes * TimeUnit.SECONDS.toNanos(1) / bytesPerSecond;
    paidAt = Math.max(paidAt, now - BURST_NANOS) + (long) cost;
    return Math.max(0, paidAt - now - (first ? GRACE_NANOS : 0));
  }
}
