package dev.tarn.core.planner;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Whom a node leaves alone, and for how long. */
class HealthTest {
  private static final long SECOND = 1_000_000_000L;

  private final Health health = new Health();

  @Test
  void eachFailureInARowDoublesTheWaitUpToHalfAMinute() {
    long now = 0;
    for (long seconds : new long[] {1, 2, 4, 8, 16, 30, 30}) {
      assertThat(health.fail("b", now)).isEqualTo(now + seconds * SECOND);
      assertThat(health.usable("b", now + seconds * SECOND - 1)).isFalse();
      now += seconds * SECOND;
      assertThat(health.usable("b", now)).isTrue();
    }
  }

  @Test
  void whatFailsWhileItIsAvoidedAnywaySaysNothingNew() {
    long until = health.fail("b", 0);

    assertThat(health.fail("b", until - 1)).isEqualTo(until);
    assertThat(health.fail("b", until)).isEqualTo(until + 2 * SECOND);
  }

  @Test
  void anAnswerForgetsAllFailures() {
    health.fail("b", 0);
    health.fail("b", SECOND);

    assertThat(health.succeed("b")).isTrue();
    assertThat(health.succeed("b")).isFalse();
    assertThat(health.fail("b", 9 * SECOND)).isEqualTo(10 * SECOND);
  }

  @Test
  void whoAsksIsTriedOnceTheShortestWaitIsOver() {
    health.fail("b", 0);
    health.fail("b", SECOND); // until 3 s

    assertThat(health.hear("b", 2 * SECOND - 1)).isFalse();
    assertThat(health.usable("b", 2 * SECOND - 1)).isFalse();
    assertThat(health.hear("b", 2 * SECOND)).isTrue();
    assertThat(health.usable("b", 2 * SECOND)).isTrue();
  }

  @Test
  void whoAsksAndNeverAnswersIsTriedLessOftenAllTheSame() {
    health.fail("b", 0);
    health.fail("b", SECOND);
    health.hear("b", 2 * SECOND);

    assertThat(health.fail("b", 2 * SECOND)).isEqualTo(6 * SECOND);
  }

  @Test
  void askingChangesNothingForWhomNothingIsHeldAgainst() {
    assertThat(health.hear("b", 0)).isFalse();
    assertThat(health.usable("b", 0)).isTrue();
  }

  @Test
  void whoLiedIsNeverAskedAgainWhateverItAsks() {
    health.shun("b");
    health.hear("b", SECOND);
    health.succeed("b");

    assertThat(health.usable("b", 1_000 * SECOND)).isFalse();
  }

  @Test
  void whoIsNoMemberAnyMoreStartsAnew() {
    health.fail("b", 0);
    health.fail("b", SECOND);

    health.keepOnly("a"::equals);

    assertThat(health.usable("b", SECOND)).isTrue();
    assertThat(health.fail("b", 2 * SECOND)).isEqualTo(3 * SECOND);
  }
}
