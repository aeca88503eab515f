package dev.tarn.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of several rounds. */
class SamplesTest {
  @Test
  void ofAnOddNumberTheMedianIsTheOneInTheMiddleWhateverTheOrder() {
    Samples samples = new Samples(List.of(9.0, 1.0, 2.0));

    assertThat(samples.median()).isEqualTo(2);
    assertThat(samples.least()).isEqualTo(1);
    assertThat(samples.most()).isEqualTo(9);
  }

  @Test
  void ofAnEvenNumberTheMedianIsBetweenTheTwoInTheMiddle() {
    assertThat(new Samples(List.of(8.0, 1.0, 4.0, 2.0)).median()).isEqualTo(3);
  }

  @Test
  void oneRoundIsItsOwnMedianAndSpread() {
    Samples samples = new Samples(List.of(0.5));

    assertThat(samples.median()).isEqualTo(0.5);
    assertThat(samples).hasToString("0.500 (0.500–0.500)");
  }

  @Test
  void withoutARoundThereIsNothingToSay() {
    assertThatThrownBy(() -> new Samples(List.of())).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theTextHasAsManyDigitsAsHaveAMeaning() {
    assertThat(new Samples(List.of(0.98765, 12.345, 1234.4))).hasToString("12.3 (0.988–1234)");
  }

  @ParameterizedTest
  @CsvSource({
    "0.98765, 0.988",
    "-0.98765, -0.988",
    "9.9994, 9.999",
    "10.04, 10.0",
    "999.96, 1000.0",
    "1234.4, 1234",
    "0, 0"
  })
  void aFigureIsRoundedToWhatItCanMean(double value, double rounded) {
    assertThat(Samples.rounded(value)).isEqualTo(rounded);
  }
}
