package dev.tarn.e2e.operate;

import dev.tarn.e2e.operate.Dashboard.Panel;
import dev.tarn.e2e.operate.Dashboard.Target;
import dev.tarn.e2e.prometheus.PrometheusServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** What panels of the chart's dashboard show of a Prometheus, as it is now. */
public final class Panels {
  private static final Duration LOOKED_AT = Duration.ofMinutes(15);
  private static final int POINTS = 600;

  private final Dashboard dashboard;
  private final PrometheusServer prometheus;
  private final Duration scrape;

  /**
   * @param scrape how often that Prometheus reads its targets
   */
  public Panels(Path dashboard, PrometheusServer prometheus, Duration scrape) throws IOException {
    this.dashboard = Dashboard.read(dashboard);
    this.prometheus = prometheus;
    this.scrape = scrape;
  }

  /** Whether the panel has a value above that, of a series that {@code label} says is meant. */
  public boolean isAbove(String title, double limit, Label label) throws IOException {
    Instant now = Instant.now();
    Window window = new Window(now.minus(LOOKED_AT), now, scrape, POINTS);
    for (Target target : panel(title).targets()) {
      for (Series series : Series.of(prometheus.series(window.fill(target.query())))) {
        if (label.isOf(series) && series.last() > limit) {
          return true;
        }
      }
    }
    return false;
  }

  private Panel panel(String title) {
    return dashboard.rows().stream()
        .flatMap(row -> row.panels().stream())
        .filter(panel -> panel.title().equals(title))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no panel " + title));
  }

  /**
   * A label that a series has.
   *
   * @param name empty where the panel has one number
   */
  public record Label(String name, String value) {
    private boolean isOf(Series series) {
      return name.isEmpty() || value.equals(series.labels().get(name));
    }
  }
}
