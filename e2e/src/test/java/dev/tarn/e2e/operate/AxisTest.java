package dev.tarn.e2e.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tarn.e2e.operate.Dashboard.Style;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class AxisTest {
  private static Axis axis(OptionalDouble min, OptionalDouble max, double... values) {
    Style style = new Style("none", OptionalInt.empty(), min, max, false, 0, "", List.of());
    return Axis.of(style, DoubleStream.of(values), 5);
  }

  private static Axis axis(double... values) {
    return axis(OptionalDouble.empty(), OptionalDouble.empty(), values);
  }

  @Test
  void itBeginsAtNothingAndEndsAboveTheHighest() {
    Axis axis = axis(3, 9.4);

    assertThat(axis.labels()).containsExactly("0", "2", "4", "6", "8", "10");
    assertThat(axis.share(5)).isCloseTo(0.5, within(1e-9));
  }

  @Test
  void itGoesBelowNothingWhereValuesDo() {
    assertThat(axis(-3, 4).labels()).containsExactly("-4", "-2", "0", "2", "4");
  }

  @Test
  void whatIsFlatHasRoom() {
    assertThat(axis(0, 0).high()).isEqualTo(1);
    assertThat(axis(7, 7).labels()).startsWith("0");
    assertThat(axis().labels()).hasSizeGreaterThan(1);
  }

  @Test
  void valuesFarFromNothingAreSeenAsTheyDiffer() {
    assertThat(axis(1000, 1010).low()).isEqualTo(1000);
  }

  @Test
  void itEndsWhereTheDashboardSaysSo() {
    Axis axis = axis(OptionalDouble.of(0), OptionalDouble.of(1), 0.3);

    assertThat(axis.low()).isZero();
    assertThat(axis.high()).isEqualTo(1);
  }
}
