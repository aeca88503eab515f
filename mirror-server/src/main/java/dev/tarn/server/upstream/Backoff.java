package dev.tarn.server.upstream;

import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** How long to wait before asking again: doubling, with jitter, or what the server said. */
record Backoff(RandomGenerator random, Sleeper sleeper) {
  private static final Duration FIRST = Duration.ofMillis(100);
  private static final Duration MAX = Duration.ofSeconds(2);

  /**
   * Waits, where there is time for it.
   *
   * @param attempt how many attempts failed before the one that just did
   * @return whether to ask again
   */
  boolean pause(int attempt, Optional<Duration> asked, Deadline deadline) {
    long doubled = FIRST.toNanos() << Math.min(attempt, 10);
    long ceiling = Math.min(doubled, MAX.toNanos());
    long jittered = ceiling / 2 + random.nextLong(ceiling / 2 + 1);
    long nanos = Math.max(jittered, asked.map(Duration::toNanos).orElse(0L));
    if (nanos > MAX.toNanos() || nanos >= deadline.remainingNanos()) {
      return false;
    }
    try {
      sleeper.sleep(Duration.ofNanos(nanos));
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
