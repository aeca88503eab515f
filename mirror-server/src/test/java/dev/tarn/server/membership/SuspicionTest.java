package dev.tarn.server.membership;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SuspicionTest {
  private static final Duration INSTANT = Duration.ofNanos(1);

  private final AtomicLong nanos = new AtomicLong(-5);
  private final Suspicion suspicion = new Suspicion(nanos::get, new Random(7));

  @Test
  void whoNeverFailedIsTrusted() {
    assertThat(suspicion.avoids("a")).isFalse();
    assertThat(suspicion.permits("a")).isTrue();
    suspicion.succeeded("a");
    assertThat(suspicion.permits("a")).isTrue();
  }

  @Test
  void aFaultCountsAtOnceAndForThatPeerAlone() {
    suspicion.failed("a");

    assertThat(suspicion.avoids("a")).isTrue();
    assertThat(suspicion.permits("a")).isFalse();
    assertThat(suspicion.avoids("b")).isFalse();
  }

  @Test
  void afterAtMostASecondOneRequestTriesItAndOthersStillAvoidIt() {
    suspicion.failed("a");
    pass(Suspicion.FIRST_WAIT);

    assertThat(suspicion.avoids("a")).isFalse();
    assertThat(suspicion.permits("a")).isTrue();
    assertThat(suspicion.permits("a")).isFalse();
    assertThat(suspicion.avoids("a")).isTrue();
  }

  @Test
  void theWaitDoublesWithEachFailedTryUpToAMinute() {
    suspicion.failed("a");
    for (Duration wait = Suspicion.FIRST_WAIT;
        wait.compareTo(Suspicion.LONGEST_WAIT) <= 0;
        wait = wait.multipliedBy(2)) {
      assertThat(waitOf("a")).isBetween(wait.multipliedBy(3).dividedBy(4), wait);
      assertThat(suspicion.permits("a")).isTrue();
      suspicion.failed("a");
    }
    for (int i = 0; i < 30; i++) {
      assertThat(waitOf("a")).isLessThanOrEqualTo(Suspicion.LONGEST_WAIT);
      assertThat(suspicion.permits("a")).isTrue();
      suspicion.failed("a");
    }
  }

  @Test
  void failuresOfWhatWasUnderWayAreOneFault() {
    suspicion.failed("a");
    for (int i = 0; i < 100; i++) {
      suspicion.failed("a");
    }
    assertThat(waitOf("a")).isLessThanOrEqualTo(Suspicion.FIRST_WAIT);
  }

  @Test
  void whatWasUnderWayAndEndsWellDoesNotLiftTheWait() {
    suspicion.failed("a");
    suspicion.succeeded("a");
    assertThat(suspicion.avoids("a")).isTrue();
  }

  @Test
  void aTryThatEndsWellMakesItTrustedAgain() {
    suspicion.failed("a");
    pass(Suspicion.FIRST_WAIT);
    assertThat(suspicion.permits("a")).isTrue();
    suspicion.succeeded("a");

    assertThat(suspicion.permits("a")).isTrue();
    assertThat(suspicion.permits("a")).isTrue();
    assertThat(suspicion.avoids("a")).isFalse();
  }

  @Test
  void aPeerThatServesNowAndThenIsStillAvoidedLonger() {
    failTimes("a", 5);
    waitOf("a");
    assertThat(suspicion.permits("a")).isTrue();
    suspicion.succeeded("a");

    suspicion.failed("a");

    assertThat(waitOf("a")).isGreaterThanOrEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void faultsOfLongAgoNoLongerCount() {
    failTimes("a", 5);
    waitOf("a");
    assertThat(suspicion.permits("a")).isTrue();
    suspicion.succeeded("a");
    pass(Suspicion.MEMORY);

    suspicion.failed("a");

    assertThat(waitOf("a")).isLessThanOrEqualTo(Suspicion.FIRST_WAIT);
  }

  @Test
  void aTryOfWhichNothingIsHeardLetsAnotherOneGo() {
    suspicion.failed("a");
    pass(Suspicion.FIRST_WAIT);
    assertThat(suspicion.permits("a")).isTrue();
    pass(Suspicion.TRIAL.minus(INSTANT));
    assertThat(suspicion.permits("a")).isFalse();

    pass(INSTANT);

    assertThat(suspicion.permits("a")).isTrue();
    assertThat(suspicion.permits("a")).isFalse();
  }

  @Test
  void whoIsNoMemberIsForgotten() {
    suspicion.failed("a");
    suspicion.failed("b");

    suspicion.keepOnly(Set.of("b")::contains);

    assertThat(suspicion.avoids("a")).isFalse();
    assertThat(suspicion.avoids("b")).isTrue();
  }

  @Test
  void theClockMayOverflow() {
    nanos.set(Long.MAX_VALUE - 10);
    suspicion.failed("a");
    assertThat(suspicion.avoids("a")).isTrue();
    pass(Suspicion.FIRST_WAIT);
    assertThat(suspicion.avoids("a")).isFalse();
  }

  private void failTimes(String node, int times) {
    suspicion.failed(node);
    for (int i = 1; i < times; i++) {
      waitOf(node);
      assertThat(suspicion.permits(node)).isTrue();
      suspicion.failed(node);
    }
  }

  /** Lets time pass until {@code node} is no longer avoided, and says how much that was. */
  private Duration waitOf(String node) {
    Duration step = Duration.ofMillis(1);
    Duration waited = Duration.ZERO;
    while (suspicion.avoids(node)) {
      pass(step);
      waited = waited.plus(step);
    }
    return waited;
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }
}
