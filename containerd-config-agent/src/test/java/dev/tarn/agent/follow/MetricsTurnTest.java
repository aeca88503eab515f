package dev.tarn.agent.follow;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MetricsTurnTest {
  private final MetricsTurn turn = new MetricsTurn();

  @Test
  void theyGoAlongWithTheFirstQuestionAndThenOnceInAWhile() {
    assertThat(turn.isDue(0)).isTrue();
    turn.heard(World.READY, true, 0);
    assertThat(turn.isDue(2_000)).isFalse();
    turn.heard(World.READY, false, 2_000);
    assertThat(turn.isDue(MetricsTurn.PAUSE_MILLIS - 1)).isFalse();
    assertThat(turn.isDue(MetricsTurn.PAUSE_MILLIS)).isTrue();
  }

  @Test
  void aMirrorThatWasAwayIsToldAnew() {
    turn.heard(World.READY, true, 0);
    turn.heard(World.SILENT, false, 2_000);
    assertThat(turn.isDue(4_000)).isTrue();
    turn.heard(World.STRANGER, true, 4_000);
    assertThat(turn.isDue(6_000)).isTrue();
  }
}
