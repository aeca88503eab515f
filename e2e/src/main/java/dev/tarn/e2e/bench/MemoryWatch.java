package dev.tarn.e2e.bench;

import java.io.UncheckedIOException;
import java.time.Duration;

/** Follows a process's memory on a thread of its own until it is closed. */
final class MemoryWatch implements AutoCloseable {
  private static final Duration PERIOD = Duration.ofMillis(50);

  private final ProcessUse process;
  private final Repetition following;
  private volatile ProcessUse.Memory highest;

  MemoryWatch(ProcessUse process) {
    this.process = process;
    this.highest = process.memory();
    this.following =
        Repetition.start(Thread.ofPlatform().name("memory-watch").daemon(), PERIOD, this::look);
  }

  private void look() {
    try {
      highest = highest.highest(process.memory());
    } catch (UncheckedIOException ended) {
      // Who watches it notices that by other means.
    }
  }

  /** Each of the two at its own highest. */
  ProcessUse.Memory highest() {
    return highest;
  }

  @Override
  public void close() {
    following.close();
  }
}
