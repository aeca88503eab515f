package dev.tarn.e2e.operate;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A series of an answer of Prometheus'.
 *
 * @param labels by name, in order
 * @param points in order of time; at least one
 */
record Series(Map<String, String> labels, List<Point> points) {
  private static final Pattern PLACE = Pattern.compile("\\{\\{\\s*(\\w+)\\s*}}");

  /** A value at a time. */
  record Point(long millis, double value) {}

  /** Reads the {@code result} of an instant query or of one over a range. */
  static List<Series> of(JsonNode result) {
    List<Series> all = new ArrayList<>();
    for (JsonNode each : result) {
      Map<String, String> labels = new TreeMap<>();
      each.path("metric").properties().forEach(l -> labels.put(l.getKey(), l.getValue().asText()));
      List<Point> points = new ArrayList<>();
      if (each.has("value")) {
        points.add(point(each.path("value")));
      }
      each.path("values").forEach(value -> points.add(point(value)));
      all.add(new Series(labels, points));
    }
    return all;
  }

  private static Point point(JsonNode pair) {
    return new Point(
        Math.round(pair.path(0).asDouble() * 1000), number(pair.path(1).asText("NaN")));
  }

  /** Prometheus writes infinity in its own way. */
  private static double number(String text) {
    return switch (text) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }

  /** The last value that is a number; NaN where none is. */
  double last() {
    return points.stream()
        .mapToDouble(Point::value)
        .filter(value -> !Double.isNaN(value))
        .reduce(Double.NaN, (_, later) -> later);
  }

  /** What it is called by a template such as <code>{{zone}} {{state}}</code>. */
  String called(String template) {
    if (template.isEmpty()) {
      return labels.entrySet().stream()
          .map(label -> label.getKey() + "=\"" + label.getValue() + '"')
          .collect(Collectors.joining(", ", "{", "}"));
    }
    return PLACE
        .matcher(template)
        .replaceAll((MatchResult place) -> quoted(labels.getOrDefault(place.group(1), "")))
        .strip();
  }

  private static String quoted(String text) {
    return Matcher.quoteReplacement(text);
  }
}
