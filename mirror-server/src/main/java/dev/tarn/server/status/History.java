package dev.tarn.server.status;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The figures of the last hour, a sample a minute: a few kilobytes, whatever happens. Thread-safe.
 */
public final class History {
  /** How often {@link #sample} is to be called. */
  public static final Duration STEP = Duration.ofMinutes(1);

  /** An hour, and the sample that it began with. */
  private static final int MAX_SAMPLES = 61;

  private final LongSupplier nanoClock;
  private final Supplier<Figures> now;
  private final long startedNanos;

  // Guarded by this; the oldest first, and never empty.
  private final Deque<Sample> samples = new ArrayDeque<>();

  private record Sample(Figures figures, long nanos) {}

  /**
   * A history that begins now.
   *
   * @param now the figures since the process began; must be cheap
   */
  public History(LongSupplier nanoClock, Supplier<Figures> now) {
    this.nanoClock = nanoClock;
    this.now = now;
    this.startedNanos = nanoClock.getAsLong();
    samples.add(new Sample(now.get(), startedNanos));
  }

  /** Notes how it stands. */
  public synchronized void sample() {
    samples.addLast(new Sample(now.get(), nanoClock.getAsLong()));
    while (samples.size() > MAX_SAMPLES) {
      samples.removeFirst();
    }
  }

  /** All since the process began. */
  public Period sinceStart() {
    return new Period(now.get(), seconds(startedNanos));
  }

  /**
   * What happened within {@code time}, and up to a step more; less where it is not kept so long.
   */
  public synchronized Period within(Duration time) {
    Sample from = samples.getFirst();
    long current = nanoClock.getAsLong();
    Iterator<Sample> newest = samples.descendingIterator();
    while (newest.hasNext()) {
      Sample sample = newest.next();
      if (current - sample.nanos() >= time.toNanos()) {
        from = sample;
        break;
      }
    }
    return new Period(now.get().since(from.figures()), seconds(from.nanos()));
  }

  private long seconds(long sinceNanos) {
    return Duration.ofNanos(nanoClock.getAsLong() - sinceNanos).toSeconds();
  }
}
