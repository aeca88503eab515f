package dev.tarn.e2e.operate;

import dev.tarn.e2e.operate.Dashboard.Style;
import dev.tarn.e2e.operate.Series.Point;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/** Lines over time, as SVG. */
final class Graph {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneOffset.UTC);
  private static final double LETTER = 6.2;
  private static final int TEXT_HEIGHT = 18;
  private static final int PIXELS_PER_TICK = 28;
  private static final int PIXELS_PER_TIME = 90;
  private static final int TIME_WIDTH = 52;
  private static final int MARGIN = 8;
  private static final int[] TIME_STEPS_SECONDS = {5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600};

  /** A line with a colour, a CSS one. */
  record Line(String color, List<Point> points) {}

  private final Window window;
  private final Style style;
  private final int width;
  private final int height;
  private final List<Line> lines;
  private final Axis axis;
  private final double left;

  private Graph(Window window, Style style, int width, int height, List<Line> lines) {
    this.window = window;
    this.style = style;
    this.width = width;
    this.height = height;
    this.lines = style.stacked() ? stacked(lines) : numbers(lines);
    this.axis =
        Axis.of(
            style,
            this.lines.stream().flatMap(line -> line.points().stream()).mapToDouble(Point::value),
            (height - TEXT_HEIGHT) / PIXELS_PER_TICK);
    int longest = axis.labels().stream().mapToInt(String::length).max().orElse(0);
    this.left = longest * LETTER + MARGIN;
  }

  static String draw(Window window, Style style, int width, int height, List<Line> lines) {
    return new Graph(window, style, width, height, lines).draw();
  }

  private static List<Line> numbers(List<Line> lines) {
    return lines.stream()
        .map(
            line ->
                new Line(
                    line.color(),
                    line.points().stream().filter(p -> Double.isFinite(p.value())).toList()))
        .toList();
  }

  /** Each line on top of those before; one that has no value at a time adds nothing there. */
  static List<Line> stacked(List<Line> lines) {
    TreeSet<Long> times = new TreeSet<>();
    numbers(lines).forEach(line -> line.points().forEach(point -> times.add(point.millis())));
    Map<Long, Double> sums = new HashMap<>();
    List<Line> all = new ArrayList<>();
    for (Line line : numbers(lines)) {
      line.points().forEach(point -> sums.merge(point.millis(), point.value(), Double::sum));
      all.add(
          new Line(
              line.color(),
              times.stream().map(time -> new Point(time, sums.getOrDefault(time, 0.0))).toList()));
    }
    return all;
  }

  private String draw() {
    StringBuilder svg = new StringBuilder();
    svg.append("<svg width='%d' height='%d'>".formatted(width, height));
    grid(svg);
    // What is beyond the axis is not drawn.
    svg.append(
        "<svg y='0' width='%d' height='%d' overflow='hidden'>".formatted(width, bottom() + 1));
    for (int number = lines.size() - 1; number >= 0; number--) {
      Line line = lines.get(number);
      if (line.points().isEmpty()) {
        continue;
      }
      if (style.fill() > 0) {
        String foot =
            style.stacked() && number > 0
                ? reversed(lines.get(number - 1).points())
                : foot(line.points());
        svg.append(
            "<path d='M%sL%sZ' fill='%s' fill-opacity='%.2f'/>"
                .formatted(path(line.points()), foot, line.color(), style.fill()));
      }
      if (line.points().size() == 1) {
        Point only = line.points().getFirst();
        svg.append(
            "<circle cx='%s' cy='%s' r='2' fill='%s'/>"
                .formatted(number(x(only.millis())), number(y(only.value())), line.color()));
      }
      svg.append(
          "<path d='M%s' fill='none' stroke='%s' stroke-width='1.4' stroke-linejoin='round'/>"
              .formatted(path(line.points()), line.color()));
    }
    return svg.append("</svg></svg>").toString();
  }

  private void grid(StringBuilder svg) {
    List<String> labels = axis.labels();
    for (int tick = 0; tick < labels.size(); tick++) {
      String y = number(y(axis.ticks().get(tick)));
      svg.append("<path class='line' d='M%s %sH%d'/>".formatted(number(left), y, width - MARGIN));
      svg.append(
          "<text x='%s' y='%s' text-anchor='end' dominant-baseline='middle'>%s</text>"
              .formatted(number(left - MARGIN / 2.0), y, labels.get(tick)));
    }
    long step = timeStep();
    for (long at = Math.ceilDiv(window.from().getEpochSecond(), step) * step;
        at <= window.to().getEpochSecond();
        at += step) {
      String x = number(x(at * 1000));
      svg.append("<path class='line' d='M%s %dV%d'/>".formatted(x, MARGIN, bottom()));
      if (x(at * 1000) + TIME_WIDTH / 2.0 < width) {
        svg.append(
            "<text x='%s' y='%d' text-anchor='middle'>%s</text>"
                .formatted(x, height - MARGIN / 2, TIME.format(Instant.ofEpochSecond(at))));
      }
    }
  }

  private long timeStep() {
    double times = Math.max(1, (width - left) / PIXELS_PER_TIME);
    Duration least = Duration.ofMillis((long) (window.range().toMillis() / times));
    for (int step : TIME_STEPS_SECONDS) {
      if (step >= least.toSeconds()) {
        return step;
      }
    }
    return TIME_STEPS_SECONDS[TIME_STEPS_SECONDS.length - 1];
  }

  private int bottom() {
    return height - TEXT_HEIGHT;
  }

  private double x(long millis) {
    double share =
        (double) (millis - window.from().toEpochMilli()) / Math.max(1, window.range().toMillis());
    return left + share * (width - MARGIN - left);
  }

  private double y(double value) {
    return bottom() - axis.share(value) * (bottom() - MARGIN);
  }

  private String path(List<Point> points) {
    StringBuilder path = new StringBuilder();
    for (Point point : points) {
      path.append(path.isEmpty() ? "" : "L");
      path.append(number(x(point.millis()))).append(' ').append(number(y(point.value())));
    }
    return path.toString();
  }

  private String reversed(List<Point> points) {
    return path(points.reversed());
  }

  private String foot(List<Point> points) {
    double y = Math.min(bottom(), y(Math.max(0, axis.low())));
    return "%s %s L%s %s"
        .formatted(
            number(x(points.getLast().millis())),
            number(y),
            number(x(points.getFirst().millis())),
            number(y));
  }

  private static String number(double pixels) {
    return String.format(Locale.ROOT, "%.1f", pixels);
  }
}
