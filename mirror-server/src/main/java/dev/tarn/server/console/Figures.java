package dev.tarn.server.console;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Predicate;

/**
 * A page of metrics in Prometheus' text format. Lines that are none are passed over. Immutable.
 *
 * @param samples in the order of the page
 */
public record Figures(List<Sample> samples) {
  /** One line of it. */
  public record Sample(String name, Map<String, String> labels, double value) {
    /** The label's value; empty where there is none. */
    public String label(String label) {
      return labels.getOrDefault(label, "");
    }
  }

  public Figures {
    samples = List.copyOf(samples);
  }

  /** A page without any. */
  public static Figures none() {
    return new Figures(List.of());
  }

  /** What {@code page} says. */
  public static Figures parse(String page) {
    List<Sample> samples = new ArrayList<>();
    page.lines().filter(line -> !line.startsWith("#")).forEach(line -> add(samples, line));
    return new Figures(samples);
  }

  /** All samples of a metric. */
  public List<Sample> of(String name) {
    return samples.stream().filter(sample -> sample.name().equals(name)).toList();
  }

  /** The metric's value, of all labels together; empty where it is not there. */
  public OptionalDouble sum(String name) {
    return sum(name, _ -> true);
  }

  /** The same of those samples that are meant. */
  public OptionalDouble sum(String name, Predicate<Sample> which) {
    List<Sample> found = of(name).stream().filter(which).toList();
    return found.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(found.stream().mapToDouble(Sample::value).sum());
  }

  private static void add(List<Sample> samples, String line) {
    int brace = line.indexOf('{');
    int space = line.indexOf(' ');
    if (space < 0) {
      return;
    }
    Map<String, String> labels = new HashMap<>();
    String name = line.substring(0, space);
    int at = space;
    if (brace >= 0 && brace < space) {
      name = line.substring(0, brace);
      at = labels(line, brace + 1, labels);
    }
    if (at < 0) {
      return;
    }
    String[] rest = line.substring(at).strip().split(" ", 2);
    try {
      samples.add(new Sample(name, Map.copyOf(labels), value(rest[0])));
    } catch (NumberFormatException _) {
      // Nothing that is known here.
    }
  }

  private static double value(String text) {
    return switch (text) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }

  /** Reads labels up to the brace that ends them; gives where the value is, or -1. */
  private static int labels(String line, int from, Map<String, String> labels) {
    int at = from;
    while (at < line.length() && line.charAt(at) != '}') {
      int equals = line.indexOf("=\"", at);
      if (equals < 0) {
        return -1;
      }
      StringBuilder value = new StringBuilder();
      int next = equals + 2;
      while (next < line.length() && line.charAt(next) != '"') {
        char c = line.charAt(next++);
        if (c == '\\' && next < line.length()) {
          char escaped = line.charAt(next++);
          value.append(escaped == 'n' ? '\n' : escaped);
        } else {
          value.append(c);
        }
      }
      labels.put(line.substring(at, equals), value.toString());
      at = next + 1;
      if (at < line.length() && line.charAt(at) == ',') {
        at++;
      }
    }
    return at < line.length() ? at + 1 : -1;
  }
}
