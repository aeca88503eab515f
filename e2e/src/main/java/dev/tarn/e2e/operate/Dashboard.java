package dev.tarn.e2e.operate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;

/** As much of Grafana's model of a dashboard as the chart's makes use of. */
record Dashboard(String title, List<Row> rows) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A heading, and the panels below it. */
  record Row(String title, List<Panel> panels) {
    /** How many of the grid's rows it takes, with its heading. */
    int height() {
      int end = panels.stream().mapToInt(panel -> panel.place().bottom()).max().orElse(top() + 1);
      return end - top();
    }

    /** Where its heading is. */
    int top() {
      return panels.stream().mapToInt(panel -> panel.place().y()).min().orElse(1) - 1;
    }
  }

  /** Where a panel is on a grid that is 24 wide. */
  record Place(int x, int y, int width, int height) {
    int bottom() {
      return y + height;
    }
  }

  /**
   * A panel.
   *
   * @param hidden the labels that a table does not show
   */
  record Panel(
      String type,
      String title,
      Place place,
      Style style,
      List<Target> targets,
      Set<String> hidden) {}

  /** What a panel asks. */
  record Target(String query, String legend, boolean instant) {}

  /**
   * How values look.
   *
   * @param noValue what stands where there is nothing
   */
  record Style(
      String unit,
      OptionalInt decimals,
      OptionalDouble min,
      OptionalDouble max,
      boolean stacked,
      double fill,
      String noValue,
      List<Step> steps) {

    /** The colour of the highest step that the value reaches. */
    String color(double value) {
      String color = "text";
      for (Step step : steps) {
        if (value >= step.from()) {
          color = step.color();
        }
      }
      return color;
    }
  }

  /** A threshold, and the colour of what reaches it. */
  record Step(double from, String color) {}

  static Dashboard read(Path file) throws IOException {
    return parse(Files.readString(file));
  }

  static Dashboard parse(String json) throws IOException {
    JsonNode model = JSON.readTree(json);
    List<Row> rows = new ArrayList<>();
    for (JsonNode panel : model.path("panels")) {
      if (panel.path("type").asText().equals("row")) {
        rows.add(new Row(panel.path("title").asText(), new ArrayList<>()));
      } else {
        rows.getLast().panels().add(panel(panel));
      }
    }
    return new Dashboard(model.path("title").asText(), rows);
  }

  /** The row with that heading. */
  Row row(String heading) {
    Optional<Row> row = rows.stream().filter(each -> each.title().equals(heading)).findFirst();
    return row.orElseThrow(() -> new IllegalArgumentException("no row " + heading));
  }

  private static Panel panel(JsonNode panel) {
    JsonNode grid = panel.path("gridPos");
    List<Target> targets = new ArrayList<>();
    for (JsonNode target : panel.path("targets")) {
      targets.add(
          new Target(
              target.path("expr").asText(),
              target.path("legendFormat").asText(),
              target.path("instant").asBoolean()));
    }
    Set<String> hidden = new HashSet<>();
    for (JsonNode change : panel.path("transformations")) {
      for (var column : change.path("options").path("excludeByName").properties()) {
        if (column.getValue().asBoolean()) {
          hidden.add(column.getKey());
        }
      }
    }
    return new Panel(
        panel.path("type").asText(),
        panel.path("title").asText(),
        new Place(
            grid.path("x").asInt(),
            grid.path("y").asInt(),
            grid.path("w").asInt(),
            grid.path("h").asInt()),
        style(panel.path("fieldConfig").path("defaults")),
        targets,
        hidden);
  }

  private static Style style(JsonNode defaults) {
    List<Step> steps = new ArrayList<>();
    for (JsonNode step : defaults.path("thresholds").path("steps")) {
      // The first step has no value: it is for all below the next.
      steps.add(
          new Step(
              step.path("value").asDouble(Double.NEGATIVE_INFINITY), step.path("color").asText()));
    }
    JsonNode custom = defaults.path("custom");
    JsonNode decimals = defaults.path("decimals");
    return new Style(
        defaults.path("unit").asText("none"),
        decimals.isNumber() ? OptionalInt.of(decimals.asInt()) : OptionalInt.empty(),
        number(defaults.path("min")),
        number(defaults.path("max")),
        custom.path("stacking").path("mode").asText().equals("normal"),
        custom.path("fillOpacity").asDouble() / 100,
        defaults.path("noValue").asText("No data"),
        steps);
  }

  private static OptionalDouble number(JsonNode value) {
    return value.isNumber() ? OptionalDouble.of(value.asDouble()) : OptionalDouble.empty();
  }
}
