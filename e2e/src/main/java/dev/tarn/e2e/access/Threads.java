package dev.tarn.e2e.access;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/** Clients that ask at the same time, each on a thread of its own. */
final class Threads {
  private Threads() {}

  /** Starts it; joining tells what came of it. */
  static <T> CompletableFuture<T> meanwhile(Callable<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                result.complete(work.call());
              } catch (Throwable failed) {
                result.completeExceptionally(failed);
              }
            });
    return result;
  }
}
