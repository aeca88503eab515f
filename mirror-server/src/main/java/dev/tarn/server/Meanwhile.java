package dev.tarn.server;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** A part that is started on a thread of its own, while others are. Thread-safe. */
final class Meanwhile<T extends AutoCloseable> {
  private final FutureTask<T> task;

  private Meanwhile(FutureTask<T> task) {
    this.task = task;
  }

  static <T extends AutoCloseable> Meanwhile<T> start(Callable<T> starter) {
    FutureTask<T> task = new FutureTask<>(starter);
    Thread.ofPlatform().name("tarn-start").start(task);
    return new Meanwhile<>(task);
  }

  /**
   * The part, as soon as it is started.
   *
   * @throws IOException why it could not be
   */
  T get() throws IOException {
    try {
      return task.get();
    } catch (ExecutionException e) {
      Throwable why = e.getCause();
      throw why instanceof IOException io ? io : new IOException("cannot start", why);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted at start");
    }
  }

  /** Closes the part; one that could not be started was reported by {@link #get}. */
  void close() throws Exception {
    T part;
    try {
      part = get();
    } catch (IOException _) {
      return;
    }
    part.close();
  }
}
