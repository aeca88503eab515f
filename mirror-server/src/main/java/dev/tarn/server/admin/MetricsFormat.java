package dev.tarn.server.admin;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What {@code /metrics} can be written in. */
public enum MetricsFormat {
  TEXT("text/plain", "0.0.4"),
  OPEN_METRICS("application/openmetrics-text", "1.0.0");

  private final String type;
  private final String version;

  MetricsFormat(String type, String version) {
    this.type = type;
    this.version = version;
  }

  String contentType() {
    return type + "; version=" + version + "; charset=utf-8";
  }

  /**
   * Chooses by what a client accepts: OpenMetrics where it is named, and liked no less than text;
   * else text, which everybody has always been given.
   *
   * @param accept the values of the header {@code Accept}
   * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1">RFC 9110, 12.5.1</a>
   */
  static MetricsFormat of(List<String> accept) {
    double openMetrics = OPEN_METRICS.liking(accept);
    return openMetrics > 0 && openMetrics >= TEXT.liking(accept) ? OPEN_METRICS : TEXT;
  }

  /** How much it is liked, 0 to 1; 0 where it is not named itself. */
  private double liking(List<String> accept) {
    return accept.stream()
        .flatMap(value -> Stream.of(value.split(",")))
        .mapToDouble(this::likingOf)
        .max()
        .orElse(0);
  }

  private double likingOf(String range) {
    String[] parts = range.toLowerCase(Locale.ROOT).split(";", -1);
    if (!parts[0].strip().equals(type)) {
      return 0;
    }
    double liking = 1;
    for (int i = 1; i < parts.length; i++) {
      String[] parameter = parts[i].strip().split("=", 2);
      String value = parameter.length == 2 ? parameter[1].strip().replace("\"", "") : "";
      switch (parameter[0].strip()) {
        case "q" -> liking = number(value);
        case "version" -> {
          if (!value.equals(version)) {
            return 0;
          }
        }
        default -> {} // Such as how names are escaped, of which none here needs to be.
      }
    }
    return liking;
  }

  /** Nothing that makes no sense is liked. */
  private static double number(String text) {
    return text.matches("0(\\.[0-9]{0,3})?|1(\\.0{0,3})?") ? Double.parseDouble(text) : 0;
  }
}
