package dev.tarn.e2e.bench;

import java.util.List;
import java.util.Locale;

/** What several rounds gave: their median, with the least and the most as spread. */
record Samples(List<Double> values) {
  Samples {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("no round");
    }
    values = values.stream().sorted().toList();
  }

  double median() {
    int half = values.size() / 2;
    return values.size() % 2 == 1
        ? values.get(half)
        : (values.get(half - 1) + values.get(half)) / 2;
  }

  double least() {
    return values.getFirst();
  }

  double most() {
    return values.getLast();
  }

  /** Rounded to as many digits as the figure can have a meaning in. */
  static double rounded(double value) {
    double magnitude = Math.abs(value);
    double unit = magnitude >= 1_000 ? 1 : magnitude >= 10 ? 10 : 1_000;
    return Math.round(value * unit) / unit;
  }

  @Override
  public String toString() {
    return text(median()) + " (" + text(least()) + "–" + text(most()) + ")";
  }

  private static String text(double value) {
    double magnitude = Math.abs(value);
    String format = magnitude >= 100 ? "%.0f" : magnitude >= 10 ? "%.1f" : "%.3f";
    return String.format(Locale.ROOT, format, value);
  }
}
