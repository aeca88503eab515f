package dev.tarn.server.membership;

import java.time.Duration;

/** Runs things later, each on a thread where it may block. Thread-safe. */
@FunctionalInterface
public interface Schedule {

  /** Runs {@code task} once, not before {@code delay} has passed; never where all is closed. */
  void after(Duration delay, Runnable task);
}
