package dev.tarn.agent.canary;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * What the mirror tells whoever follows the node anyway, for one who waits to hear of a repository;
 * and what it is told before, so that it remembers that one however many others ask. Thread-safe.
 */
final class Told implements Sightings {
  /** One may have been asked for before the pull was over. */
  private static final int ANSWERS_WITHOUT = 2;

  private final Duration limit;
  private List<String> lines = List.of();
  private List<String> last = List.of();
  private long answers;
  private boolean asked;
  private boolean announced;

  /** Waits for an answer for that long at most. */
  Told(Duration limit) {
    this.limit = limit;
  }

  /** What the next report to the mirror says. */
  synchronized List<String> lines() {
    asked = !lines.isEmpty();
    return lines;
  }

  /** The mirror answered that report. */
  synchronized void told(List<String> repositories) {
    last = repositories;
    answers++;
    announced |= asked;
    notifyAll();
  }

  @Override
  public synchronized void expect(String repository) {
    lines = List.of(Sightings.line(repository));
    asked = false;
    announced = false;
    // A mirror that does not answer meanwhile will not say who came, either: that is told then.
    boolean _ = await(() -> announced);
  }

  @Override
  public synchronized Sighting of(String repository) {
    long enough = answers + ANSWERS_WITHOUT;
    boolean answered = await(() -> last.contains(repository) || answers >= enough);
    lines = List.of();
    if (last.contains(repository)) {
      return Sighting.ARRIVED;
    }
    return answered ? Sighting.NOT_ARRIVED : Sighting.NOBODY_KNOWS;
  }

  /** Whether it came true in time, for one who holds the lock. */
  private boolean await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + limit.toNanos();
    try {
      while (!condition.getAsBoolean()) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (left <= 0) {
          return false;
        }
        wait(left);
      }
      return true;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
