package dev.tarn.e2e.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class UnitTest {
  private static String format(Unit unit, double value) {
    return unit.format(value, OptionalInt.empty());
  }

  @Test
  void bytesGoByPowersOfTwoAndTheirRatesByThousands() {
    assertThat(format(Unit.BYTES, 0)).isEqualTo("0 B");
    assertThat(format(Unit.BYTES, 1536)).isEqualTo("1.50 KiB");
    assertThat(format(Unit.BYTES, 3.0 * 1024 * 1024 * 1024)).isEqualTo("3 GiB");
    assertThat(format(Unit.BYTE_RATE, 12_345_678)).isEqualTo("12.3 MB/s");
  }

  @Test
  void aShareIsAPercentage() {
    assertThat(format(Unit.SHARE, 1)).isEqualTo("100%");
    assertThat(Unit.SHARE.format(0.8766, OptionalInt.of(1))).isEqualTo("87.7%");
    assertThat(format(Unit.SHARE, -0.5)).isEqualTo("-50%");
  }

  @Test
  void secondsAreToldInWhatTheyAreManyOf() {
    assertThat(format(Unit.SECONDS, 0)).isEqualTo("0 s");
    assertThat(format(Unit.SECONDS, 0.0042)).isEqualTo("4.20 ms");
    assertThat(format(Unit.SECONDS, 90)).isEqualTo("1.50 mins");
    assertThat(format(Unit.SECONDS, 3 * 86_400)).isEqualTo("3 days");
  }

  @Test
  void countsHaveNoDigitsAfterThePoint() {
    assertThat(format(Unit.NONE, 3)).isEqualTo("3");
    assertThat(format(Unit.REQUEST_RATE, 2500)).isEqualTo("2.50 K req/s");
    assertThat(format(Unit.SHORT, 2_000_000)).isEqualTo("2 Mil");
    assertThat(format(Unit.NONE, Double.POSITIVE_INFINITY)).isEqualTo("∞");
  }

  @Test
  void anAxisHasNoMoreDigitsThanItNeeds() {
    assertThat(Unit.BYTE_RATE.tick(2_500_000)).isEqualTo("2.5 MB/s");
    assertThat(Unit.SHARE.tick(0.2)).isEqualTo("20%");
    assertThat(Unit.NONE.tick(100)).isEqualTo("100");
    assertThat(Unit.SECONDS.tick(0)).isEqualTo("0 s");
  }

  @Test
  void linesLieAtRoundValues() {
    assertThat(Unit.NONE.step(9, 5)).isEqualTo(2);
    assertThat(Unit.BYTES.step(100, 5)).isEqualTo(32);
    assertThat(Unit.SECONDS.step(100, 5)).isEqualTo(30);
    assertThat(Unit.SECONDS.step(0.0007, 5)).isEqualTo(0.0002);
    assertThat(Unit.SECONDS.step(10 * 86_400, 5)).isEqualTo(2 * 86_400);
  }

  @Test
  void aUnitThatIsNotKnownIsRefused() {
    assertThat(Unit.of("percentunit")).isEqualTo(Unit.SHARE);
    assertThatThrownBy(() -> Unit.of("furlongs")).hasMessageContaining("furlongs");
  }
}
