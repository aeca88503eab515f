package dev.tarn.server.mirror;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * One question under way per key, its answer shared by all who ask meanwhile. Thread-safe; {@link
 * #ask} blocks and so runs on virtual threads.
 *
 * <p>The question is put on a thread of its own, so it goes on when those who asked have given up.
 * Nobody waits for longer than patience has it, counted from when the question was put: who comes
 * later is told so at once.
 */
final class SingleFlight<K, V> {
  private final ConcurrentMap<K, Flight<V>> flights = new ConcurrentHashMap<>();
  private final Executor executor;
  private final LongSupplier nanoClock;
  private final long patienceNanos;
  private final V overdue;

  private record Flight<V>(CompletableFuture<V> answer, long startedNanos) {}

  /**
   * @param patienceNanos how long anybody waits for an answer
   * @param overdue the answer where none came by then
   */
  SingleFlight(Executor executor, LongSupplier nanoClock, long patienceNanos, V overdue) {
    this.executor = executor;
    this.nanoClock = nanoClock;
    this.patienceNanos = patienceNanos;
    this.overdue = overdue;
  }

  V ask(K key, Supplier<V> question) throws InterruptedException {
    Flight<V> own = new Flight<>(new CompletableFuture<>(), nanoClock.getAsLong());
    Flight<V> underWay = flights.putIfAbsent(key, own);
    if (underWay == null) {
      executor.execute(() -> put(key, own, question));
      return await(own);
    }
    return await(underWay);
  }

  private void put(K key, Flight<V> flight, Supplier<V> question) {
    try {
      V answer = question.get();
      flights.remove(key, flight);
      flight.answer().complete(answer);
    } catch (RuntimeException | Error e) {
      flights.remove(key, flight);
      flight.answer().completeExceptionally(e);
    }
  }

  private V await(Flight<V> flight) throws InterruptedException {
    long waited = nanoClock.getAsLong() - flight.startedNanos();
    try {
      return flight.answer().get(Math.max(0, patienceNanos - waited), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return overdue;
    } catch (ExecutionException e) {
      throw new IllegalStateException("the shared question failed", e.getCause());
    }
  }
}
