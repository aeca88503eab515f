package dev.tarn.e2e.node;

import java.util.ArrayList;
import java.util.List;

/** A reading of a Prometheus page: each sample's name with its labels, and its value. */
public final class Metrics {
  private final List<Sample> samples;

  private Metrics(List<Sample> samples) {
    this.samples = samples;
  }

  private record Sample(String series, double value) {}

  /** Reads a page. */
  public static Metrics parse(String page) {
    List<Sample> samples = new ArrayList<>();
    for (String line : page.split("\n", -1)) {
      int space = line.lastIndexOf(' ');
      if (!line.startsWith("#") && space > 0) {
        samples.add(
            new Sample(line.substring(0, space), Double.parseDouble(line.substring(space + 1))));
      }
    }
    return new Metrics(samples);
  }

  /**
   * The sum of a metric's series that contain every one of these texts, such as {@code
   * source="disk"}.
   */
  public double sum(String name, String... containing) {
    return samples.stream()
        .filter(s -> s.series().equals(name) || s.series().startsWith(name + "{"))
        .filter(s -> List.of(containing).stream().allMatch(s.series()::contains))
        .mapToDouble(Sample::value)
        .sum();
  }
}
