package dev.tarn.server.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/** Several clients at once. */
public final class Clients {
  private Clients() {}

  /** The answers of {@code count} clients that ask at the same time. */
  public static <T> List<T> atOnce(int count, IntFunction<Callable<T>> client) throws Exception {
    return atOnce(count, client, () -> {});
  }

  /** The answers of clients that all ask the same, while {@code meanwhile} runs. */
  public static <T> List<T> atOnce(int count, Callable<T> client, Runnable meanwhile)
      throws Exception {
    return atOnce(count, each -> client, meanwhile);
  }

  private static <T> List<T> atOnce(int count, IntFunction<Callable<T>> client, Runnable meanwhile)
      throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<T>> futures = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        futures.add(threads.submit(client.apply(i)));
      }
      meanwhile.run();
      List<T> answers = new ArrayList<>();
      for (Future<T> future : futures) {
        answers.add(future.get(60, TimeUnit.SECONDS));
      }
      return answers;
    }
  }
}
