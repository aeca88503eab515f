package dev.tarn.server.certificates;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How one authority follows another. */
class SuccessionTest {
  private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
  private static final Duration LIFE = Duration.ofDays(90);
  private static final Duration OVERLAP = Duration.ofHours(12);

  private final Succession succession = new Succession(LIFE, OVERLAP, new SecureRandom());

  private static Instant day(long days) {
    return START.plus(Duration.ofDays(days));
  }

  @Test
  void theFirstOneSignsAndIsTrustedAtOnce() throws GeneralSecurityException {
    Authorities first = succession.begin(START).now();
    assertThat(first.trusted()).containsExactly(first.signing().certificate());
    assertThat(first.next()).isEmpty();
    assertThat(first.signing().notAfter()).isEqualTo(START.plus(LIFE));
    assertThat(first.signing().hindrance(START.minus(Duration.ofMinutes(59)))).isEmpty();
  }

  @Test
  void nothingChangesUntilTwoThirdsAreOver() throws GeneralSecurityException {
    Authorities first = succession.begin(START).now();
    for (int day = 0; day < 60; day++) {
      Succession.Step step = succession.step(first, day(day).minusSeconds(3600));
      assertThat(step.changes()).isEmpty();
      assertThat(step.now()).isEqualTo(first);
    }
  }

  @Test
  void theNextIsTrustedThenSignsThenIsAlone() throws GeneralSecurityException {
    Authorities first = succession.begin(START).now();

    Authorities trusted = succession.step(first, day(60)).now();
    assertThat(trusted.signing()).isEqualTo(first.signing());
    assertThat(trusted.next()).isPresent();
    assertThat(trusted.trusted())
        .containsExactly(first.signing().certificate(), trusted.next().orElseThrow().certificate());

    // Too soon, however often it is asked.
    assertThat(succession.step(trusted, day(60)).changes()).isEmpty();
    assertThat(succession.step(trusted, day(60).plus(OVERLAP).minusSeconds(1)).changes()).isEmpty();

    Authorities signing = succession.step(trusted, day(60).plus(OVERLAP)).now();
    assertThat(signing.signing()).isEqualTo(trusted.next().orElseThrow());
    assertThat(signing.next()).isEmpty();
    assertThat(signing.trusted()).isEqualTo(trusted.trusted());

    assertThat(succession.step(signing, day(90).minusSeconds(1)).changes()).isEmpty();
    Succession.Step last = succession.step(signing, day(90));
    assertThat(last.changes()).singleElement().asString().startsWith("dropped ");
    assertThat(last.now().trusted()).containsExactly(signing.signing().certificate());
  }

  @Test
  void atEveryMomentOfAYearWhoSignsIsTrustedAndWasBefore() throws GeneralSecurityException {
    Authorities now = succession.begin(START).now();
    int successions = 0;
    for (int hour = 1; hour < 24 * 400; hour += 7) {
      Authorities before = now;
      now = succession.step(before, START.plus(Duration.ofHours(hour))).now();
      assertThat(now.trusted()).contains(now.signing().certificate());
      // Who has seen only the Secret before this one, and who has this one, trust each other.
      assertThat(before.trusted()).contains(now.signing().certificate());
      if (!now.signing().equals(before.signing())) {
        successions++;
        assertThat(now.trusted()).contains(before.signing().certificate());
      }
    }
    assertThat(successions).isEqualTo(6);
  }

  @Test
  void afterALongPauseSomeoneSignsAtOnce() throws GeneralSecurityException {
    Authorities first = succession.begin(START).now();
    Authorities anew = succession.step(first, day(200)).now();
    assertThat(anew.signing()).isNotEqualTo(first.signing());
    assertThat(anew.trusted()).containsExactly(anew.signing().certificate());

    Authorities trusted = succession.step(first, day(89)).now();
    Authorities taken = succession.step(trusted, day(90)).now();
    assertThat(taken.signing()).isEqualTo(trusted.next().orElseThrow());
    assertThat(taken.next()).isEmpty();
    // One that has ended before its turn is not taken.
    Authorities late = succession.step(trusted, day(300)).now();
    assertThat(late.signing().notAfter()).isEqualTo(day(390));
    assertThat(late.trusted()).containsExactly(late.signing().certificate());
  }

  @Test
  void whoSignsIsTrustedAgainWhereSomebodyTookItOut() throws GeneralSecurityException {
    Authorities first = succession.begin(START).now();
    Authorities other = succession.begin(START).now();
    Succession.Step step =
        succession.step(new Authorities(other.trusted(), first.signing(), first.next()), day(1));
    assertThat(step.now().trusted())
        .containsExactly(other.signing().certificate(), first.signing().certificate());
    assertThat(step.changes()).isEqualTo(List.of("trusted again who signs"));
  }

  @Test
  void authoritiesHaveNamesOfTheirOwn() throws GeneralSecurityException {
    assertThat(succession.begin(START).now().signing().certificate().getSubjectX500Principal())
        .isNotEqualTo(
            succession.begin(START).now().signing().certificate().getSubjectX500Principal());
  }
}
