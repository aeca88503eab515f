package dev.tarn.server.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.tarn.server.status.RegistryFacts.State;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RegistryWatchTest {
  private static final String HUB = "docker.io";

  private Instant now = Instant.parse("2026-11-23T12:00:00Z");
  private final RegistryWatch watch = new RegistryWatch(() -> now, List.of(HUB, "quay.io"));

  private RegistryFacts hub() {
    return watch.now().getFirst();
  }

  private void pass(Duration time) {
    now = now.plus(time);
  }

  @Test
  void nobodyIsKnownUntilAsked() {
    assertThat(watch.now())
        .extracting(RegistryFacts::name, RegistryFacts::state)
        .containsExactly(tuple(HUB, State.QUIET), tuple("quay.io", State.QUIET));
  }

  @Test
  void anAnswerIsAnAnswerWhateverItSays() {
    watch.answered(HUB, 404);

    assertThat(hub().state()).isEqualTo(State.WELL);
    assertThat(hub().lastAnswer()).contains(now);
    assertThat(hub().lastStatus()).hasValue(404);
  }

  @Test
  void itFailsSinceTheFirstFailureUntilAnAnswer() {
    Instant first = now;
    watch.failed(HUB, "connect");
    pass(Duration.ofSeconds(40));
    watch.answered(HUB, 503);

    assertThat(hub().state()).isEqualTo(State.FAILING);
    assertThat(hub().failingSince()).contains(first);
    assertThat(hub().lastFailure()).contains("503");

    watch.answered(HUB, 401);

    assertThat(hub().state()).isEqualTo(State.WELL);
    assertThat(hub().failingSince()).isEmpty();
    assertThat(hub().lastFailure()).isEmpty();
  }

  @Test
  void aFailureOfLongAgoSaysNothing() {
    watch.failed(HUB, "timeout");
    pass(RegistryWatch.REMEMBERED);

    assertThat(hub().state()).isEqualTo(State.QUIET);
  }

  @Test
  void whoSaidThatItIsTooMuchIsLimitedForAWhile() {
    watch.answered(HUB, 429);
    watch.answered(HUB, 200);

    assertThat(hub().state()).isEqualTo(State.LIMITED);

    pass(RegistryWatch.LIMITED_FOR);
    assertThat(hub().state()).isEqualTo(State.WELL);
  }

  @Test
  void whereNothingRemainsItIsLimitedToo() {
    watch.answered(HUB, 200);
    watch.quota(HUB, 0);
    assertThat(hub().state()).isEqualTo(State.LIMITED);
    assertThat(hub().remaining()).hasValue(0);

    watch.quota(HUB, 5);
    assertThat(hub().state()).isEqualTo(State.WELL);
  }

  @Test
  void whoIsNotConfiguredIsNotWatched() {
    watch.answered("", 200);
    watch.failed("", "connect");
    watch.quota("", 0);

    assertThat(watch.now()).allMatch(registry -> registry.state() == State.QUIET);
  }
}
