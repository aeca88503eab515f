package dev.tarn.agent.canary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.agent.canary.Sightings.Sighting;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ToldTest {
  private static final Duration LONG = Duration.ofSeconds(15);

  @Test
  void whatWasToldAlreadyIsKnownAtOnce() {
    Told told = new Told(LONG);
    told.told(List.of("aa", "bb"));

    assertThat(told.of("bb")).isEqualTo(Sighting.ARRIVED);
  }

  @Test
  void anAnswerThatMayBeOlderThanThePullSaysNothing() {
    Told told = new Told(LONG);
    CompletableFuture<Sighting> asked = CompletableFuture.supplyAsync(() -> told.of("aa"));
    while (!asked.isDone()) {
      told.told(List.of());
    }
    assertThat(asked.join()).isEqualTo(Sighting.NOT_ARRIVED);

    Told once = new Told(Duration.ofMillis(200));
    CompletableFuture<Sighting> waiting = CompletableFuture.supplyAsync(() -> once.of("aa"));
    once.told(List.of());
    assertThat(waiting.join()).isEqualTo(Sighting.NOBODY_KNOWS);
  }

  @Test
  void theMirrorIsToldBeforeThePullWhatIsWaitedForButNotItsName() {
    Told told = new Told(LONG);
    assertThat(told.lines()).isEmpty();
    told.told(List.of());
    CompletableFuture<Void> expected = CompletableFuture.runAsync(() -> told.expect("abc"));
    while (told.lines().isEmpty()) {
      assertThat(expected).isNotDone();
      told.told(List.of());
    }
    assertThat(told.lines())
        .containsExactly("canary ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assertThat(expected).isNotDone();

    told.told(List.of("abc"));

    expected.join();
    assertThat(told.of("abc")).isEqualTo(Sighting.ARRIVED);
    assertThat(told.lines()).isEmpty();
  }

  @Test
  void whoHearsNothingKnowsNothing() {
    assertThat(new Told(Duration.ofMillis(20)).of("aa")).isEqualTo(Sighting.NOBODY_KNOWS);
  }

  @Test
  void anInterruptedThreadDoesNotWait() {
    Thread.currentThread().interrupt();

    assertThat(new Told(LONG).of("aa")).isEqualTo(Sighting.NOBODY_KNOWS);
    assertThat(Thread.interrupted()).isTrue();
  }
}
