package dev.tarn.e2e.operate;

import dev.tarn.e2e.operate.Dashboard.Panel;
import dev.tarn.e2e.operate.Dashboard.Place;
import dev.tarn.e2e.operate.Dashboard.Row;
import dev.tarn.e2e.operate.Dashboard.Target;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The dashboard as a page without a script: what is asked, where it stands and how values look is
 * dashboard.json's, what was answered is Prometheus'. Grafana draws the same in its own manner.
 */
final class Drawing {
  static final int WIDTH = 1280;

  private static final int HEAD = 44;
  private static final int GAP = 8;
  private static final int CELL_HEIGHT = 30;
  private static final int TITLE_HEIGHT = 32;
  private static final int PADDING = 8;
  private static final int LEGEND_LINE = 18;
  private static final double LEGEND_LETTER = 6.3;
  private static final int LEGEND_MARK = 32;
  private static final int MAX_LEGEND_LINES = 3;
  private static final int COLUMNS = 24;
  private static final int LARGEST_LETTERS = 44;
  private static final double LETTER_WIDTH = 0.62;

  private static final List<String> PALETTE =
      List.of(
          "#73bf69", "#f2cc0c", "#8ab8ff", "#ff780a", "#f2495c", "#5794f2", "#b877d9", "#96d98d",
          "#ffb357", "#ff7383", "#705da0", "#37872d");
  private static final Map<String, String> COLORS =
      Map.of(
          "green", "#73bf69", "red", "#f2495c", "blue", "#5794f2", "orange", "#ff9830", "yellow",
          "#fade2a", "text", "#ccccdc");

  private static final String LOOKS =
      """
      * { box-sizing: border-box; margin: 0; }
      body { background: #111217; color: #ccccdc; overflow: hidden; position: relative;
        font: 12px Inter, Roboto, 'DejaVu Sans Condensed', sans-serif; font-stretch: condensed; }
      header { height: 36px; padding: 10px 16px 0; display: flex; gap: 24px; font-size: 14px; }
      header b { font-size: 16px; }
      header i { color: #8e8e9b; font-style: normal; font-size: 12px; padding-top: 2px; }
      header i:last-child { margin-left: auto; }
      h2 { position: absolute; left: 16px; font-size: 15px; font-weight: 500; }
      section { position: absolute; background: #181b1f; border: 1px solid #2a2d33;
        border-radius: 2px; overflow: hidden; }
      h3 { font-size: 13px; font-weight: 600; padding: 8px 8px 0; height: 32px;
        white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
      .value { display: flex; align-items: center; justify-content: center; font-weight: 600; }
      .none { display: flex; align-items: center; justify-content: center; color: #8e8e9b;
        font-size: 16px; }
      ul { list-style: none; padding: 0 8px; display: flex; flex-wrap: wrap; column-gap: 14px;
        align-content: flex-start; overflow: hidden; }
      li { height: 18px; white-space: nowrap; display: flex; align-items: center; }
      li span { width: 14px; height: 4px; border-radius: 2px; margin-right: 6px; }
      svg { display: block; margin-left: 4px; }
      svg text { fill: #9d9da9; font-size: 11px; }
      .line { stroke: #ccccdc; stroke-opacity: .1; }
      table { border-collapse: collapse; width: 100%; }
      th { color: #6e9fff; font-weight: 500; }
      td, th { text-align: left; padding: 6px 8px; border-bottom: 1px solid #2a2d33;
        white-space: nowrap; }
      """;

  private final Window window;
  private final Map<Target, List<Series>> answers;

  Drawing(Window window, Map<Target, List<Series>> answers) {
    this.window = window;
    this.answers = answers;
  }

  /** How tall the page with these rows is. */
  static int height(List<Row> rows) {
    return HEAD + rows.stream().mapToInt(Row::height).sum() * (CELL_HEIGHT + GAP) + GAP;
  }

  /** Whether anything was answered. */
  boolean empty(Panel panel) {
    return panel.targets().stream().allMatch(target -> answered(target).isEmpty());
  }

  private List<Series> answered(Target target) {
    return answers.getOrDefault(target, List.of());
  }

  /** The rows below each other, as HTML. */
  String page(Dashboard dashboard, List<Row> rows) {
    StringBuilder html = new StringBuilder();
    html.append("<!doctype html><html lang='en'><meta charset='utf-8'><title>");
    html.append(escaped(dashboard.title())).append("</title><style>").append(LOOKS);
    html.append("body { width: %dpx; height: %dpx; }</style>".formatted(WIDTH, height(rows)));
    html.append("<header><b>%s</b><i>Job: All</i><i>Node: All</i>".formatted(dashboard.title()));
    html.append(
        "<i>drawn by e2e/run operate, not by Grafana</i><i>last %d s, UTC</i></header>"
            .formatted(window.range().toSeconds()));
    int below = 0;
    for (Row row : rows) {
      html.append(
          "<h2 style='top:%dpx'>▾ %s</h2>"
              .formatted(HEAD + below * (CELL_HEIGHT + GAP) + 4, escaped(row.title())));
      for (Panel panel : row.panels()) {
        html.append(panel(panel, below - row.top()));
      }
      below += row.height();
    }
    return html.append("</html>").toString();
  }

  private String panel(Panel panel, int down) {
    Place place = panel.place();
    double column = (double) (WIDTH - 2 * GAP) / COLUMNS;
    int left = (int) Math.round(GAP + place.x() * column);
    int width = (int) Math.round(place.width() * column) - GAP;
    int top = HEAD + (place.y() + down) * (CELL_HEIGHT + GAP);
    int height = place.height() * (CELL_HEIGHT + GAP) - GAP;
    return "<section style='left:%dpx;top:%dpx;width:%dpx;height:%dpx'><h3>%s</h3>%s</section>\n"
        .formatted(
            left,
            top,
            width,
            height,
            escaped(panel.title()),
            content(panel, width - 2, height - TITLE_HEIGHT - 2));
  }

  private String content(Panel panel, int width, int height) {
    if (empty(panel) && !panel.type().equals("stat")) {
      return "<div class='none' style='height:%dpx'>%s</div>"
          .formatted(height, escaped(panel.style().noValue()));
    }
    return switch (panel.type()) {
      case "stat" -> stat(panel, width, height);
      case "timeseries" -> graph(panel, width, height);
      case "table" -> table(panel);
      default -> throw new IllegalArgumentException("cannot draw a " + panel.type());
    };
  }

  private String stat(Panel panel, int width, int height) {
    List<Series> series = panel.targets().stream().flatMap(t -> answered(t).stream()).toList();
    double value = series.isEmpty() ? Double.NaN : series.getFirst().last();
    String text =
        Double.isNaN(value)
            ? panel.style().noValue()
            : Unit.of(panel.style().unit()).format(value, panel.style().decimals());
    String color = Double.isNaN(value) ? "text" : panel.style().color(value);
    double fits = (width - 2.0 * PADDING) / (text.length() * LETTER_WIDTH);
    return "<div class='value' style='height:%dpx;font-size:%dpx;color:%s'>%s</div>"
        .formatted(
            height - PADDING,
            (int) Math.min(LARGEST_LETTERS, fits),
            COLORS.getOrDefault(color, color),
            escaped(text));
  }

  private String graph(Panel panel, int width, int height) {
    List<Graph.Line> lines = new ArrayList<>();
    StringBuilder legend = new StringBuilder();
    double letters = 0;
    for (Target target : panel.targets()) {
      for (Series series : answered(target)) {
        String color = PALETTE.get(lines.size() % PALETTE.size());
        String name = series.called(target.legend());
        lines.add(new Graph.Line(color, series.points()));
        legend.append(
            "<li><span style='background:%s'></span>%s</li>".formatted(color, escaped(name)));
        letters += name.length() * LEGEND_LETTER + LEGEND_MARK;
      }
    }
    int legendLines =
        Math.clamp((int) Math.ceil(letters / (width - 2 * PADDING)), 1, MAX_LEGEND_LINES);
    int legendHeight = legendLines * LEGEND_LINE + PADDING;
    String svg = Graph.draw(window, panel.style(), width - PADDING, height - legendHeight, lines);
    return "%s<ul style='height:%dpx'>%s</ul>".formatted(svg, legendHeight, legend);
  }

  private String table(Panel panel) {
    List<Series> series = panel.targets().stream().flatMap(t -> answered(t).stream()).toList();
    Set<String> columns = new LinkedHashSet<>();
    series.forEach(each -> columns.addAll(each.labels().keySet()));
    columns.removeAll(panel.hidden());
    boolean valued = !panel.hidden().contains("Value");
    StringBuilder html = new StringBuilder("<table><tr>");
    columns.forEach(column -> html.append("<th>").append(escaped(column)));
    html.append(valued ? "<th>Value" : "");
    for (Series row : series) {
      html.append("<tr>");
      for (String column : columns) {
        html.append("<td>").append(escaped(row.labels().getOrDefault(column, "")));
      }
      if (valued) {
        html.append("<td>")
            .append(Unit.of(panel.style().unit()).format(row.last(), OptionalInt.empty()));
      }
    }
    return html.append("</table>").toString();
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
