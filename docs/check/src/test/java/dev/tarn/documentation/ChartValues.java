package dev.tarn.documentation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The chart's values, as Helm takes them: what is given is put over values.yaml, and all of it is
 * held against values.schema.json.
 */
final class ChartValues {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<?, ?> NEEDED =
      Map.of("image", Map.of("repository", "registry.example.com/tarn"));
  private static final Pattern SET =
      Pattern.compile("((?:[^=,\\\\]|\\\\.)+)=((?:[^,\\\\]|\\\\.)*)");

  private final JsonSchema schema;
  private final Map<?, ?> defaults;

  private ChartValues(JsonSchema schema, Map<?, ?> defaults) {
    this.schema = schema;
    this.defaults = defaults;
  }

  static ChartValues of(Path root) throws IOException {
    Path chart = root.resolve("helm/tarn");
    JsonNode schema = JSON.readTree(Files.readString(chart.resolve("values.schema.json")));
    return new ChartValues(
        JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7).getSchema(schema),
        YamlReader.mapping(Files.readString(chart.resolve("values.yaml"))));
  }

  /** What the schema has against {@code given}. */
  List<String> problems(Map<?, ?> given) {
    Map<?, ?> values = merged(merged(defaults, NEEDED), given);
    return schema.validate(JSON.valueToTree(values)).stream().map(Object::toString).toList();
  }

  /** As Helm merges: mapping into mapping, and null takes a key out. */
  private static Map<?, ?> merged(Map<?, ?> below, Map<?, ?> above) {
    Map<Object, Object> merged = new LinkedHashMap<>(below);
    above.forEach(
        (key, value) -> {
          if (value == null) {
            merged.remove(key);
          } else if (value instanceof Map<?, ?> deeper && below.get(key) instanceof Map<?, ?> old) {
            merged.put(key, merged(old, deeper));
          } else {
            merged.put(key, value);
          }
        });
    return merged;
  }

  /** What {@code --set} gives: {@code a.b=1,c=true}. */
  static Map<?, ?> set(String argument) {
    Map<Object, Object> values = new LinkedHashMap<>();
    Matcher assignment = SET.matcher(argument);
    int end = 0;
    while (assignment.lookingAt()) {
      String[] path = assignment.group(1).split("(?<!\\\\)\\.", -1);
      Map<Object, Object> at = values;
      for (int i = 0; i < path.length - 1; i++) {
        at = inner(at, path[i].replace("\\", ""));
      }
      at.put(path[path.length - 1].replace("\\", ""), typed(assignment.group(2)));
      end = assignment.end() + 1;
      if (end >= argument.length()) {
        return values;
      }
      assignment.region(end, argument.length());
    }
    throw new IllegalArgumentException("--set " + argument + " cannot be read");
  }

  @SuppressWarnings("unchecked") // Made here, and nowhere else.
  private static Map<Object, Object> inner(Map<Object, Object> outer, String key) {
    return (Map<Object, Object>) outer.computeIfAbsent(key, k -> new LinkedHashMap<>());
  }

  private static Object typed(String value) {
    return switch (value) {
      case "true" -> true;
      case "false" -> false;
      default -> value.matches("\\d+") ? (Object) Long.valueOf(value) : value;
    };
  }
}
