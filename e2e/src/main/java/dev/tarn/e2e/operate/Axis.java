package dev.tarn.e2e.operate;

import dev.tarn.e2e.operate.Dashboard.Style;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;

/**
 * The values of a graph, from the lowest to the highest that it shows.
 *
 * @param ticks the values that have a line and a label
 */
record Axis(Unit unit, double low, double high, List<Double> ticks) {
  private static final int MAX_TICKS = 1_000;
  private static final double HAIR = 1e-9;

  /**
   * One that these values fit on; numbers only.
   *
   * @param lines about how many ticks there is room for
   */
  static Axis of(Style style, DoubleStream values, int lines) {
    Unit unit = Unit.of(style.unit());
    double[] all = values.toArray();
    double least = DoubleStream.of(all).min().orElse(0);
    double most = DoubleStream.of(all).max().orElse(1);
    double low = style.min().orElse(least >= 0 && least < most * 0.8 ? 0 : least);
    double high = style.max().orElse(most);
    if (high - low <= Math.abs(high) * HAIR) {
      // A flat line, which lies at the top of what is drawn, or at the foot where it is at nothing.
      low = style.min().orElse(Math.min(low, 0));
      high = high <= low ? low + 1 : high;
    }
    double step = unit.step(high - low, lines);
    double first = Math.floor(low / step + HAIR);
    double last = Math.ceil(high / step - HAIR);
    List<Double> ticks =
        LongStream.rangeClosed((long) first, (long) last)
            .limit(MAX_TICKS)
            .mapToObj(number -> number * step)
            .toList();
    return new Axis(unit, ticks.getFirst(), ticks.getLast(), ticks);
  }

  /** Where a value is between the lowest, 0, and the highest, 1. */
  double share(double value) {
    return (value - low) / (high - low);
  }

  List<String> labels() {
    return ticks.stream().map(unit::tick).toList();
  }
}
