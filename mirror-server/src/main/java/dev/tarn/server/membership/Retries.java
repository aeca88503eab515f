package dev.tarn.server.membership;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait after a failure: doubled with each in a row up to a limit, a quarter of it at
 * random, so that a thousand nodes do not return at once. Immutable.
 */
public record Retries(Duration first, Duration longest, RandomGenerator random) {
  private static final int MAX_DOUBLINGS = 20;

  /** The wait after {@code failures} in a row, which is at least one. */
  public Duration after(int failures) {
    long limit = longest.toMillis();
    long wanted = first.toMillis() << Math.clamp(failures - 1L, 0, MAX_DOUBLINGS);
    long millis = Math.min(wanted, limit);
    return Duration.ofMillis(millis - random.nextLong(millis / 4 + 1));
  }
}
