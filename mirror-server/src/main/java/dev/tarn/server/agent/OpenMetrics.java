package dev.tarn.server.agent;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes what is well-formed in Prometheus' text format as families of OpenMetrics: each with its
 * samples behind it, a counter's without {@code _total} in its name.
 *
 * @see <a
 *     href="https://github.com/prometheus/OpenMetrics/blob/v1.0.0/specification/OpenMetrics.md">
 *     OpenMetrics 1.0.0</a>
 */
final class OpenMetrics {
  private static final String TOTAL = "_total";
  private static final List<String> PARTS = List.of("_bucket", "_count", "_sum");

  /** The type of each metric that said it, in the words of the text format. */
  private final Map<String, String> types = new HashMap<>();

  private final Map<String, String> helps = new HashMap<>();
  private final Map<String, StringBuilder> samples = new LinkedHashMap<>();

  private OpenMetrics() {}

  /**
   * The same samples.
   *
   * @param text as {@link Exposition} holds it to be well-formed
   */
  static String of(String text) {
    OpenMetrics page = new OpenMetrics();
    text.lines().forEach(page::read);
    return page.toString();
  }

  private void read(String line) {
    if (line.startsWith("# ")) {
      String[] words = line.split(" ", 4);
      samples.computeIfAbsent(words[2], _ -> new StringBuilder());
      String rest = words.length > 3 ? words[3] : "";
      if (words[1].equals("TYPE")) {
        types.put(words[2], rest);
      } else {
        helps.put(words[2], rest.replace("\"", "\\\""));
      }
    } else {
      samples
          .computeIfAbsent(metricOf(line), _ -> new StringBuilder())
          .append(withoutLastComma(line))
          .append('\n');
    }
  }

  /** Behind the last label there may be one in the text format alone. */
  private static String withoutLastComma(String sample) {
    int end = sample.lastIndexOf('}');
    return end > 0 && sample.charAt(end - 1) == ','
        ? sample.substring(0, end - 1) + sample.substring(end)
        : sample;
  }

  private String metricOf(String sample) {
    int end = 0;
    while (end < sample.length() && sample.charAt(end) != '{' && sample.charAt(end) != ' ') {
      end++;
    }
    String name = sample.substring(0, end);
    for (String part : PARTS) {
      String metric = name.endsWith(part) ? name.substring(0, name.length() - part.length()) : name;
      String type = types.getOrDefault(metric, "");
      if (type.equals("histogram") || type.equals("summary")) {
        return metric;
      }
    }
    return name;
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    samples.forEach((metric, lines) -> write(metric, lines, out));
    return out.toString();
  }

  private void write(String metric, StringBuilder lines, StringBuilder out) {
    String said = types.getOrDefault(metric, "untyped");
    String type =
        switch (said) {
          case "counter" -> metric.endsWith(TOTAL) ? said : "unknown";
          case "untyped" -> "unknown";
          default -> said;
        };
    int suffix = type.equals("counter") ? TOTAL.length() : 0;
    String family = metric.substring(0, metric.length() - suffix);
    out.append("# TYPE ").append(family).append(' ').append(type).append('\n');
    String help = helps.get(metric);
    if (help != null) {
      out.append("# HELP ").append(family).append(' ').append(help).append('\n');
    }
    out.append(lines);
  }
}
