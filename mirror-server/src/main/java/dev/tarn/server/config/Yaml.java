package dev.tarn.server.config;

import static dev.tarn.server.config.InvalidConfigurationException.require;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import dev.tarn.server.config.InvalidConfigurationException.Problem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A YAML document as a tree that knows its lines.
 *
 * <p>Scalars stay the text that was written, so that YAML's guesses ({@code off} is a boolean,
 * {@code 010} is eight) change nothing. Duplicate keys, anchors and a second document are refused.
 * The streaming parser alone is used: data binding would cost start-up time.
 */
final class Yaml {
  private static final int MAX_DEPTH = 16;

  sealed interface Node {
    /** Where it begins, counted from 1. */
    int line();
  }

  record Scalar(String text, int line) implements Node {}

  /** A key with nothing behind it. */
  record Empty(int line) implements Node {}

  record Sequence(List<Node> items, int line) implements Node {}

  record Mapping(Map<String, Node> entries, int line) implements Node {}

  private final YAMLParser parser;

  private Yaml(YAMLParser parser) {
    this.parser = parser;
  }

  /** The document that {@code text} holds; an empty one where it holds none. */
  static Node parse(String text) throws IOException {
    try (YAMLParser parser = new YAMLFactory().createParser(text)) {
      Yaml yaml = new Yaml(parser);
      JsonToken first = parser.nextToken();
      Node root = first == null ? new Empty(1) : yaml.node(first, "", 0);
      if (parser.nextToken() != null) {
        throw problem("", yaml.line(), "only one YAML document is expected");
      }
      return root;
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      throw problem("", line, "not YAML: " + e.getOriginalMessage().lines().findFirst().orElse(""));
    }
  }

  private Node node(JsonToken token, String path, int depth) throws IOException {
    require(depth <= MAX_DEPTH, path, "nested too deep");
    int line = line();
    if (parser.getObjectId() != null || parser.isCurrentAlias()) {
      throw problem(path, line, "anchors and aliases are not supported");
    }
    return switch (token) {
      case START_OBJECT -> mapping(path, line, depth);
      case START_ARRAY -> sequence(path, line, depth);
      case VALUE_NULL -> new Empty(line);
      default -> new Scalar(parser.getText(), line);
    };
  }

  private Node mapping(String path, int line, int depth) throws IOException {
    Map<String, Node> entries = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      String keyPath = path.isEmpty() ? key : path + "." + key;
      int keyLine = line();
      Node value = node(parser.nextToken(), keyPath, depth + 1);
      if (entries.putIfAbsent(key, value) != null) {
        throw problem(keyPath, keyLine, "is given twice");
      }
    }
    return new Mapping(entries, line);
  }

  private Node sequence(String path, int line, int depth) throws IOException {
    List<Node> items = new ArrayList<>();
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      items.add(node(token, path + "[" + items.size() + "]", depth + 1));
    }
    return new Sequence(items, line);
  }

  private int line() {
    return Math.max(1, parser.currentTokenLocation().getLineNr());
  }

  private static InvalidConfigurationException problem(String path, int line, String message) {
    return new InvalidConfigurationException(List.of(new Problem(path, "line " + line, message)));
  }
}
