package dev.tarn.agent.metrics;

/**
 * Figures in Prometheus' text format, all of them named {@code containerd_config_agent_…}.
 *
 * @see <a href="https://prometheus.io/docs/instrumenting/exposition_formats/">Exposition
 *     formats</a>
 */
public final class Page {
  private static final String PREFIX = "containerd_config_agent_";

  private final StringBuilder out = new StringBuilder(2048);
  private String name = "";

  /** What kinds of figures there are. */
  public enum Type {
    COUNTER("counter"),
    GAUGE("gauge");

    private final String word;

    Type(String word) {
      this.word = word;
    }
  }

  /** Begins a metric, whose samples follow. */
  public Page metric(String metricName, Type type, String help) {
    name = PREFIX + metricName;
    out.append("# HELP ").append(name).append(' ').append(help).append('\n');
    out.append("# TYPE ").append(name).append(' ').append(type.word).append('\n');
    return this;
  }

  /**
   * A sample of the metric.
   *
   * @param labels names and values in turns
   */
  public Page sample(long value, String... labels) {
    out.append(name);
    for (int i = 0; i + 1 < labels.length; i += 2) {
      out.append(i == 0 ? '{' : ',').append(labels[i]).append("=\"");
      escaped(labels[i + 1]);
      out.append('"');
    }
    out.append(labels.length > 0 ? "} " : " ").append(value).append('\n');
    return this;
  }

  @Override
  public String toString() {
    return out.toString();
  }

  private void escaped(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '\\' -> out.append("\\\\");
        case '"' -> out.append("\\\"");
        case '\n' -> out.append("\\n");
        default -> out.append(c);
      }
    }
  }
}
