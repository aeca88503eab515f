package dev.tarn.server.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.server.testing.Clients;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SingleFlightTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final AtomicLong nanos = new AtomicLong();
  private final AtomicInteger asked = new AtomicInteger();

  private SingleFlight<String, String> flights(java.util.concurrent.Executor executor) {
    return new SingleFlight<>(executor, nanos::get, PATIENCE.toNanos(), "overdue");
  }

  @Test
  void whoAsksMeanwhileSharesTheAnswerAndWhoComesLaterAsksAnew() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      SingleFlight<String, String> flights = flights(threads);
      CountDownLatch gate = new CountDownLatch(1);
      List<String> answers =
          Clients.atOnce(
              10,
              () ->
                  flights.ask(
                      "key",
                      () -> {
                        await(gate);
                        return "answer " + asked.incrementAndGet();
                      }),
              gate::countDown);

      assertThat(answers).allMatch(answer -> answer.startsWith("answer "));
      int before = asked.get();
      assertThat(flights.ask("key", () -> "answer " + asked.incrementAndGet()))
          .isEqualTo("answer " + (before + 1));
    }
  }

  @Test
  void anotherKeyIsAnotherQuestion() throws Exception {
    SingleFlight<String, String> flights = flights(Runnable::run);

    assertThat(flights.ask("a", () -> "A")).isEqualTo("A");
    assertThat(flights.ask("b", () -> "B")).isEqualTo("B");
  }

  @Test
  void aQuestionThatFailsIsForgotten() throws Exception {
    SingleFlight<String, String> flights = flights(Runnable::run);

    assertThatThrownBy(
            () ->
                flights.ask(
                    "key",
                    () -> {
                      throw new IllegalArgumentException("no");
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasRootCauseMessage("no");
    assertThat(flights.ask("key", () -> "answer")).isEqualTo("answer");
  }

  @Test
  void whoComesWhenNobodyWouldWaitAnyMoreIsToldSoAtOnceAndTheQuestionGoesOn() throws Exception {
    Deque<Runnable> tasks = new ArrayDeque<>();
    SingleFlight<String, String> flights =
        new SingleFlight<>(tasks::add, nanos::get, Duration.ofMillis(1).toNanos(), "overdue");

    assertThat(flights.ask("key", () -> "answer " + asked.incrementAndGet()))
        .as("nobody has answered within a millisecond")
        .isEqualTo("overdue");
    nanos.addAndGet(Duration.ofMillis(2).toNanos());
    assertThat(flights.ask("key", () -> "another question")).isEqualTo("overdue");
    assertThat(tasks).as("it is under way still").hasSize(1);

    tasks.remove().run();
    assertThat(asked).hasValue(1);
    assertThat(flights.ask("other", () -> "never run")).isEqualTo("overdue");
  }

  private static void await(CountDownLatch gate) {
    try {
      gate.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
