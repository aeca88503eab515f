package dev.tarn.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.server.upstream.OriginHealth.Result;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** When an origin is left alone, for how long, and who tries it again. */
class OriginHealthTest {
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-03-01T12:00:00Z"));
  private final OriginHealth health = new OriginHealth((InstantSource) now::get, new Random(42));

  private void pass(Duration time) {
    now.updateAndGet(before -> before.plus(time));
  }

  /** One that is admitted fails. */
  private Duration fail() {
    assertThat(health.admits()).isTrue();
    return health.ended(Result.FAILED);
  }

  @Test
  void whileItAnswersEverybodyMayAskAtOnce() {
    for (int i = 0; i < 3; i++) {
      assertThat(health.admits()).isTrue();
    }
    assertThat(health.ended(Result.ANSWERED)).isZero();
    assertThat(health.ended(Result.UNCLEAR)).isZero();
    assertThat(health.admits()).isTrue();
  }

  @Test
  void afterAFailureItRestsForHalfASecondToASecondThenOneTries() {
    Duration rest = fail();
    assertThat(rest).isBetween(OriginHealth.FIRST_REST.dividedBy(2), OriginHealth.FIRST_REST);

    pass(rest.minusNanos(1));
    assertThat(health.admits()).isFalse();
    pass(Duration.ofNanos(1));
    assertThat(health.admits()).isTrue();
    assertThat(health.admits()).as("somebody else, meanwhile").isFalse();
  }

  @Test
  void eachFailureDoublesTheRestUpToAMinute() {
    for (int failures = 0; failures < 30; failures++) {
      Duration most = Duration.ofSeconds(Math.min(1L << Math.min(failures, 10), 60));
      Duration rest = fail();
      assertThat(rest).isBetween(most.dividedBy(2), most);
      pass(rest);
    }
  }

  @Test
  void restsAreNotAllAlike() {
    Duration first = fail();
    pass(first);
    health.admits();
    health.ended(Result.ANSWERED);

    assertThat(fail()).isNotEqualTo(first);
  }

  @Test
  void oneAnswerMakesItWellAgain() {
    for (int failures = 0; failures < 5; failures++) {
      pass(fail());
    }
    assertThat(health.admits()).isTrue();
    health.ended(Result.ANSWERED);

    assertThat(health.admits()).isTrue();
    assertThat(health.admits()).isTrue();
    assertThat(fail()).isLessThanOrEqualTo(OriginHealth.FIRST_REST);
  }

  @Test
  void whoFailsInTheSameOutageDoesNotLengthenIt() {
    Duration rest = fail();
    pass(rest.minusMillis(1));

    assertThat(health.ended(Result.FAILED)).isZero();

    pass(Duration.ofMillis(1));
    assertThat(health.admits()).isTrue();
  }

  @Test
  void anAnswerToSomebodyWhoAskedBeforeEndsTheRest() {
    fail();
    health.ended(Result.ANSWERED);

    assertThat(health.admits()).isTrue();
  }

  @Test
  void whereATryTellsNothingTheNextTriesAtOnce() {
    pass(fail());
    assertThat(health.admits()).isTrue();
    health.ended(Result.UNCLEAR);

    assertThat(health.admits()).isTrue();
    assertThat(health.admits()).isFalse();
    assertThat(health.ended(Result.FAILED))
        .as("the failures before count on")
        .isGreaterThanOrEqualTo(OriginHealth.FIRST_REST);
  }

  @Test
  void asALastResortOneMayAskWhileItRests() {
    fail();

    assertThat(health.admitsAsLastResort()).isTrue();
    assertThat(health.admitsAsLastResort()).isFalse();
    health.ended(Result.ANSWERED);
    assertThat(health.admits()).isTrue();
  }

  @Test
  void aClockThatIsSetBackDoesNotMakeItRestForEver() {
    fail();
    pass(Duration.ofDays(-2));

    assertThat(health.admits()).isTrue();
  }
}
