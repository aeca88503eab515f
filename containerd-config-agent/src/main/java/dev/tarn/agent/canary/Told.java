package dev.tarn.agent.canary;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What the mirror tells whoever follows the node anyway, for one who waits to hear of a repository.
 * Thread-safe.
 */
final class Told implements Sightings {
  /** One may have been asked for before the pull was over. */
  private static final int ANSWERS_WITHOUT = 2;

  private final Duration limit;
  private List<String> last = List.of();
  private long answers;

  /** Waits for an answer for that long at most. */
  Told(Duration limit) {
    this.limit = limit;
  }

  synchronized void told(List<String> repositories) {
    last = repositories;
    answers++;
    notifyAll();
  }

  @Override
  public synchronized Sighting of(String repository) {
    long deadline = System.nanoTime() + limit.toNanos();
    long enough = answers + ANSWERS_WITHOUT;
    try {
      while (!last.contains(repository) && answers < enough) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (left <= 0) {
          return Sighting.NOBODY_KNOWS;
        }
        wait(left);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return Sighting.NOBODY_KNOWS;
    }
    return last.contains(repository) ? Sighting.ARRIVED : Sighting.NOT_ARRIVED;
  }
}
