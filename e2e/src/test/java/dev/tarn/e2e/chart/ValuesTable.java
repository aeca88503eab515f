package dev.tarn.e2e.chart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The chart's values as a table for its users: names and words of the schema, defaults of
 * values.yaml.
 */
final class ValuesTable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String DEFINITIONS = "#/definitions/";

  /** One value; {@code fallback} is null where values.yaml has none. */
  record Row(String path, @Nullable Object fallback, boolean isGiven, String words) {
    @Override
    public String toString() {
      return "| `" + path + "` | " + (isGiven ? shown(fallback) : "") + " | " + words + " |";
    }

    private static String shown(@Nullable Object value) {
      if (value == null || value.equals("")) {
        return "";
      }
      String text = value instanceof String string ? string : JSON.valueToTree(value).toString();
      return "`" + text + "`";
    }
  }

  private final JsonNode schema;
  private final @Nullable Object values;
  private final List<Row> rows = new ArrayList<>();

  private ValuesTable(JsonNode schema, @Nullable Object values) {
    this.schema = schema;
    this.values = values;
  }

  static List<Row> rows(String schema, String values) throws Exception {
    ValuesTable table =
        new ValuesTable(
            JSON.readTree(schema), new Yaml(new SafeConstructor(new LoaderOptions())).load(values));
    table.properties("", table.schema, table.values);
    return table.rows;
  }

  static String markdown(List<Row> rows) {
    return "| value | default | what |\n|---|---|---|\n"
        + rows.stream().map(row -> row + "\n").collect(Collectors.joining());
  }

  private void properties(String prefix, JsonNode node, @Nullable Object defaults) {
    for (var property : node.path("properties").properties()) {
      String key = property.getKey();
      Map<?, ?> given = defaults instanceof Map<?, ?> map ? map : Map.of();
      value(prefix + key, property.getValue(), given.containsKey(key), given.get(key));
    }
  }

  private void value(String path, JsonNode given, boolean isGiven, @Nullable Object value) {
    JsonNode node = resolved(given);
    String words = given.path("description").asText(node.path("description").asText());
    if (path.equals("registries")) {
      Object hosts = value instanceof Map<?, ?> map ? map.keySet() : null;
      rows.add(new Row(path, hosts, isGiven, words));
      JsonNode registry = resolved(node.path("additionalProperties"));
      properties("registries.<host>.", registry, Map.of());
      return;
    }
    boolean isSection = node.has("properties") && !path.equals("config");
    boolean isResources = path.endsWith("resources");
    if (isSection && !isResources) {
      properties(path + ".", node, value);
    } else {
      rows.add(new Row(path, value, isGiven, words));
    }
  }

  private JsonNode resolved(JsonNode node) {
    String reference = node.path("$ref").asText(node.path("allOf").path(0).path("$ref").asText());
    return reference.isEmpty()
        ? node
        : schema.path("definitions").path(reference.substring(DEFINITIONS.length()));
  }
}
