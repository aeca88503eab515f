package dev.tarn.e2e.bench;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Does something again and again, on a thread of its own, until it is closed. */
final class Repetition implements AutoCloseable {
  private final Thread thread;
  private volatile boolean stopped;

  private Repetition(Thread.Builder on, Duration pause, Runnable what) {
    this.thread =
        on.unstarted(
            () -> {
              while (!stopped) {
                what.run();
                LockSupport.parkNanos(pause.toNanos());
              }
            });
  }

  static Repetition start(Thread.Builder on, Duration pause, Runnable what) {
    Repetition repetition = new Repetition(on, pause, what);
    repetition.thread.start();
    return repetition;
  }

  /** Returns when the thing has been done for the last time. */
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
