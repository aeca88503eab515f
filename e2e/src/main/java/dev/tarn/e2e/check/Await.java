package dev.tarn.e2e.check;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits, on the calling thread, for something outside this process to become true. */
public final class Await {
  private static final Duration PAUSE = Duration.ofMillis(20);

  private Await() {}

  /**
   * Returns when the condition holds.
   *
   * @throws CaseFailed if it does not within the limit
   */
  public static void until(String what, Duration limit, Callable<Boolean> condition)
      throws Exception {
    until(what, limit, PAUSE, condition);
  }

  /**
   * The same for a condition that is not cheap to look at.
   *
   * @param pause between two looks
   */
  public static void until(String what, Duration limit, Duration pause, Callable<Boolean> condition)
      throws Exception {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.call()) {
      if (Thread.interrupted()) {
        throw new InterruptedException("waiting for " + what);
      }
      if (System.nanoTime() - deadline > 0) {
        throw new CaseFailed("not within " + limit.toSeconds() + " s: " + what);
      }
      LockSupport.parkNanos(pause.toNanos());
    }
  }
}
