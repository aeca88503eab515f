package dev.tarn.e2e.kube;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Objects of Kubernetes as trees. */
public final class Trees {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Trees() {}

  /** One object, written in YAML. */
  public static JsonNode yaml(String text) {
    return JSON.valueToTree(new Yaml(new SafeConstructor(new LoaderOptions())).load(text));
  }

  public static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The elements there; none where there is no such list. Keys have dots between. */
  public static List<JsonNode> list(JsonNode tree, String path) {
    List<JsonNode> elements = new ArrayList<>();
    at(tree, path).forEach(elements::add);
    return elements;
  }

  /** What stands there as text; empty where nothing does. */
  public static String text(JsonNode tree, String path) {
    return at(tree, path).asText("");
  }

  /** What stands there, or a missing node. */
  public static JsonNode at(JsonNode tree, String path) {
    return tree.at("/" + path.replace('.', '/'));
  }
}
