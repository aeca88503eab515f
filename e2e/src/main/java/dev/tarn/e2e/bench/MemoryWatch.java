package dev.tarn.e2e.bench;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Follows a process's memory on a thread of its own until it is closed. */
final class MemoryWatch implements AutoCloseable {
  private static final Duration PERIOD = Duration.ofMillis(50);

  private final ProcessUse process;
  private final Thread thread;
  private volatile boolean stopped;
  private volatile ProcessUse.Memory highest;

  MemoryWatch(ProcessUse process) {
    this.process = process;
    this.highest = process.memory();
    this.thread = Thread.ofPlatform().name("memory-watch").daemon().start(this::follow);
  }

  private void follow() {
    try {
      while (!stopped) {
        highest = highest.highest(process.memory());
        LockSupport.parkNanos(PERIOD.toNanos());
      }
    } catch (UncheckedIOException ended) {
      // Who watches it notices that by other means.
      stopped = true;
    }
  }

  /** Each of the two at its own highest. */
  ProcessUse.Memory highest() {
    return highest;
  }

  @Override
  public void close() {
    stopped = true;
    try {
      thread.join();
    } catch (InterruptedException given) {
      Thread.currentThread().interrupt();
    }
  }
}
