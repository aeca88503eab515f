package dev.tarn.server.metrics;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * All meters as Prometheus reads them. Both formats have the same samples; OpenMetrics has the
 * exemplars besides. Thread-safe.
 */
public final class MetricsPage {
  private static final String END = "# EOF\n";

  private final PrometheusMeterRegistry meters;
  private final Metrics metrics;

  /**
   * Shows a registry.
   *
   * @param metrics whose meters are in it
   */
  public MetricsPage(PrometheusMeterRegistry meters, Metrics metrics) {
    this.meters = meters;
    this.metrics = metrics;
  }

  /**
   * In Prometheus' text format.
   *
   * @param more of others, in the same format
   */
  public String text(String more) {
    return meters.scrape() + more;
  }

  /**
   * In the format of OpenMetrics.
   *
   * @param more families of others, in the same format, without the line that ends it
   * @see <a
   *     href="https://github.com/prometheus/OpenMetrics/blob/v1.0.0/specification/OpenMetrics.md">
   *     OpenMetrics 1.0.0</a>
   */
  public String openMetrics(String more) {
    MetricSnapshots snapshots =
        new MetricSnapshots(
            meters.getPrometheusRegistry().scrape().stream().map(metrics::withExemplars).toList());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      OpenMetricsTextFormatWriter.create().write(out, snapshots);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // None comes of writing to memory.
    }
    String page = out.toString(StandardCharsets.UTF_8);
    return page.substring(0, page.length() - END.length()) + more + END;
  }
}
