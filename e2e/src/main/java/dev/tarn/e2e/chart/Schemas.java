package dev.tarn.e2e.chart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * Makes of Kubernetes' own description of its API, and of operators' CustomResourceDefinitions,
 * what kubeconform reads: a JSON schema for each kind, with all that it refers to, in which a field
 * that the API does not know is an error.
 */
final class Schemas {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PREFIX = "#/definitions/";
  private static final String KINDS = "x-kubernetes-group-version-kind";

  /** What kubeconform is to look for below the directory. */
  static final String PATTERN = "{{.ResourceKind}}{{.KindSuffix}}.json";

  private final JsonNode definitions;

  private Schemas(JsonNode definitions) {
    this.definitions = definitions;
  }

  /** Writes a file for each kind of {@code swagger} into the directory. */
  static void write(Path swagger, Path directory) throws IOException {
    Schemas schemas = new Schemas(JSON.readTree(swagger.toFile()).path("definitions"));
    Files.createDirectories(directory);
    for (var definition : schemas.definitions.properties()) {
      for (JsonNode kind : definition.getValue().path(KINDS)) {
        Path file = directory.resolve(fileName(kind));
        Files.write(file, JSON.writeValueAsBytes(schemas.of(definition.getKey())));
      }
    }
  }

  /** Writes a file for each version that a CustomResourceDefinition serves into the directory. */
  static void writeCustom(Path definition, Path directory) throws IOException {
    Object document =
        new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(definition));
    JsonNode spec = JSON.<JsonNode>valueToTree(document).path("spec");
    for (JsonNode version : spec.path("versions")) {
      ObjectNode kind = JSON.createObjectNode();
      kind.put("group", spec.path("group").asText());
      kind.put("version", version.path("name").asText());
      kind.put("kind", spec.path("names").path("kind").asText());
      JsonNode schema = version.path("schema").path("openAPIV3Schema");
      strictThroughout(schema);
      // The API server knows of every kind what it has beside its own schema.
      ((ObjectNode) schema.path("properties")).putObject("metadata").put("type", "object");
      Files.write(directory.resolve(fileName(kind)), JSON.writeValueAsBytes(schema));
    }
  }

  private static void strictThroughout(JsonNode node) {
    strict(node);
    node.forEach(Schemas::strictThroughout);
  }

  /** kubeconform's suffix is {@code -GROUP-VERSION} with the first label of the group alone. */
  private static String fileName(JsonNode kind) {
    String group = kind.path("group").asText().split("\\.", -1)[0];
    String suffix = (group.isEmpty() ? "" : "-" + group) + "-" + kind.path("version").asText();
    return (kind.path("kind").asText() + suffix).toLowerCase(Locale.ROOT) + ".json";
  }

  private JsonNode of(String name) {
    ObjectNode schema = JSON.createObjectNode();
    schema.put("$ref", PREFIX + name);
    ObjectNode used = schema.putObject("definitions");
    Set<String> known = new LinkedHashSet<>(Set.of(name));
    Deque<String> ahead = new ArrayDeque<>(known);
    while (!ahead.isEmpty()) {
      String next = ahead.removeFirst();
      JsonNode definition = strict(definitions.path(next).deepCopy());
      used.set(next, definition);
      for (JsonNode reference : definition.findValues("$ref")) {
        // A property of that name, as in schemas of schemas, is no reference.
        String target = reference.isTextual() ? reference.asText().substring(PREFIX.length()) : "";
        if (!target.isEmpty() && known.add(target)) {
          ahead.add(target);
        }
      }
    }
    return schema;
  }

  private static JsonNode strict(JsonNode definition) {
    if (definition instanceof ObjectNode object) {
      boolean known = object.has("properties") && !object.has("additionalProperties");
      if (known && !object.path("x-kubernetes-preserve-unknown-fields").asBoolean()) {
        object.put("additionalProperties", false);
      }
      // Their formats say more than JSON has types for: a text or a number.
      if (object.path("format").asText().equals("int-or-string")) {
        object.remove("type");
      }
    }
    return definition;
  }
}
