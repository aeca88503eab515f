package dev.tarn.server.config;

import static dev.tarn.server.config.InvalidConfigurationException.require;

import dev.tarn.server.config.InvalidConfigurationException.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.MappingStartEvent;
import org.yaml.snakeyaml.events.NodeEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.events.SequenceStartEvent;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;

/**
 * A YAML document as a tree that knows its lines.
 *
 * <p>Scalars stay the text that was written, so that YAML's guesses ({@code off} is a boolean,
 * {@code 010} is eight) change nothing. Duplicate keys, anchors and a second document are refused.
 * The parser's events alone are used: data binding would cost start-up time.
 */
final class Yaml {
  private static final int MAX_DEPTH = 16;

  /** What stands for no value at all, unless it is quoted. */
  static final Set<String> NOTHING = Set.of("", "~", "null", "Null", "NULL");

  sealed interface Node {
    /** Where it begins, counted from 1. */
    int line();
  }

  record Scalar(String text, int line) implements Node {}

  /** A key with nothing behind it. */
  record Empty(int line) implements Node {}

  record Sequence(List<Node> items, int line) implements Node {}

  record Mapping(Map<String, Node> entries, int line) implements Node {}

  private final ParserImpl events;

  private Yaml(ParserImpl events) {
    this.events = events;
  }

  /** The document that {@code text} holds; an empty one where it holds none. */
  static Node parse(String text) {
    try {
      return document(new StreamReader(text));
    } catch (MarkedYAMLException e) {
      String where = e.getContext() == null ? "" : e.getContext() + ", ";
      throw problem("", line(e.getProblemMark()), "not YAML: " + where + e.getProblem());
    } catch (YAMLException e) {
      throw problem(
          "", 1, "not YAML: " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
    }
  }

  private static Node document(StreamReader reader) {
    try {
      return new Yaml(new ParserImpl(reader, new LoaderOptions())).document();
    } catch (NumberFormatException _) {
      // The reader's own, of an escape beyond what an int holds.
      throw problem("", reader.getLine() + 1, "not YAML: no character has this number");
    }
  }

  private Node document() {
    events.getEvent(); // The stream begins.
    if (events.checkEvent(Event.ID.StreamEnd)) {
      return new Empty(1);
    }
    events.getEvent(); // The document begins.
    Node root = node("", 0);
    events.getEvent(); // The document ends.
    if (!events.checkEvent(Event.ID.StreamEnd)) {
      throw problem("", line(events.peekEvent()), "only one YAML document is expected");
    }
    return root;
  }

  private Node node(String path, int depth) {
    require(depth <= MAX_DEPTH, path, "nested too deep");
    Event event = events.getEvent();
    if (event instanceof AliasEvent || anchor(event) != null) {
      throw problem(path, line(event), "anchors and aliases are not supported");
    }
    if (event instanceof MappingStartEvent) {
      return mapping(path, line(event), depth);
    }
    if (event instanceof SequenceStartEvent) {
      return sequence(path, line(event), depth);
    }
    ScalarEvent scalar = (ScalarEvent) event;
    return scalar.isPlain() && NOTHING.contains(scalar.getValue())
        ? new Empty(line(event))
        : new Scalar(scalar.getValue(), line(event));
  }

  private Node mapping(String path, int line, int depth) {
    Map<String, Node> entries = new LinkedHashMap<>();
    while (!events.checkEvent(Event.ID.MappingEnd)) {
      int keyLine = line(events.peekEvent());
      String key = key(path, keyLine);
      String keyPath = path.isEmpty() ? key : path + "." + key;
      Node value = node(keyPath, depth + 1);
      if (entries.putIfAbsent(key, value) != null) {
        throw problem(keyPath, keyLine, "is given twice");
      }
    }
    events.getEvent();
    return new Mapping(entries, line);
  }

  private String key(String path, int line) {
    if (events.getEvent() instanceof ScalarEvent scalar && scalar.getAnchor() == null) {
      return scalar.getValue();
    }
    throw problem(path, line, "a key has to be a plain word");
  }

  private Node sequence(String path, int line, int depth) {
    List<Node> items = new ArrayList<>();
    while (!events.checkEvent(Event.ID.SequenceEnd)) {
      items.add(node(path + "[" + items.size() + "]", depth + 1));
    }
    events.getEvent();
    return new Sequence(items, line);
  }

  private static @Nullable String anchor(Event event) {
    return event instanceof NodeEvent node ? node.getAnchor() : null;
  }

  private static int line(Event event) {
    return line(event.getStartMark());
  }

  private static int line(@Nullable Mark mark) {
    return mark == null ? 1 : mark.getLine() + 1;
  }

  private static InvalidConfigurationException problem(String path, int line, String message) {
    return new InvalidConfigurationException(List.of(new Problem(path, "line " + line, message)));
  }
}
