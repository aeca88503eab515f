package dev.tarn.server.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.digest.Digest;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CanariesTest {
  private static final String NAME = "0123456789abcdef01234567";

  private final Canaries canaries = new Canaries();

  private static long seconds(long seconds) {
    return TimeUnit.SECONDS.toNanos(seconds);
  }

  private static String digest(String name) {
    return Digest.sha256(name.getBytes(StandardCharsets.US_ASCII)).hex();
  }

  private void noise(int names) {
    for (int i = 0; i < names; i++) {
      canaries.note(Integer.toHexString(i + 1), seconds(20));
    }
  }

  @Test
  void whatWasAskedForIsSaidWithTheTimeOfTheLastRequest() {
    canaries.note(NAME, seconds(1));
    canaries.note(NAME, seconds(3));

    assertThat(canaries.lines(seconds(10))).isEqualTo("canary " + NAME + " 7\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "A0",
        "g",
        "a/b",
        "a b",
        "a\nstate ready",
        "é",
        "00000000000000000000000000000000000000000000000000000000000000000"
      })
  void otherNamesAreNoCanaries(String name) {
    canaries.note(name, 0);

    assertThat(canaries.lines(0)).isEmpty();
  }

  @Test
  void theLastSixteenAreKept() {
    canaries.note(NAME, 0);
    noise(Canaries.LAST - 1);
    canaries.note("1", seconds(20));
    assertThat(canaries.lines(seconds(20)).lines()).hasSize(Canaries.LAST).anyMatch(this::isIt);

    noise(Canaries.LAST);

    assertThat(canaries.lines(seconds(20)).lines()).hasSize(Canaries.LAST).noneMatch(this::isIt);
  }

  private boolean isIt(String line) {
    return line.startsWith("canary " + NAME + " ");
  }

  @Test
  void oneThatIsWaitedForStaysWhoeverElseComes() {
    canaries.await(digest(NAME));
    noise(1000);
    assertThat(canaries.lines(seconds(20)).lines()).noneMatch(this::isIt);

    canaries.note(NAME, seconds(20));
    noise(1000);
    canaries.await(digest(NAME));

    assertThat(canaries.lines(seconds(25)).lines())
        .hasSize(Canaries.LAST + 1)
        .contains("canary " + NAME + " 5");
  }

  @Test
  void oneThatCameBeforeItWasWaitedForStaysFromThenOn() {
    canaries.note(NAME, seconds(20));
    canaries.await(digest(NAME));
    noise(1000);

    assertThat(canaries.lines(seconds(20)).lines()).anyMatch(this::isIt);
  }

  @Test
  void fewAreWaitedForTheLastToBeTold() {
    canaries.await(digest(NAME));
    for (int i = 0; i < Canaries.AWAITED - 1; i++) {
      canaries.await(digest("a" + i));
    }
    canaries.await(digest(NAME));
    canaries.await(digest("b"));
    canaries.note(NAME, seconds(20));
    canaries.note("a0", seconds(20));
    noise(Canaries.LAST);

    assertThat(canaries.lines(seconds(20)).lines())
        .anyMatch(this::isIt)
        .noneMatch(line -> line.startsWith("canary a0 "));
  }
}
