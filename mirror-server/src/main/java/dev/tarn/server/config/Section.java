package dev.tarn.server.config;

import dev.tarn.core.name.NearestName;
import dev.tarn.server.config.InvalidConfigurationException.Problem;
import dev.tarn.server.config.Yaml.Empty;
import dev.tarn.server.config.Yaml.Mapping;
import dev.tarn.server.config.Yaml.Node;
import dev.tarn.server.config.Yaml.Scalar;
import dev.tarn.server.config.Yaml.Sequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One mapping of the file while it is bound to a record. Whoever binds it asks for each key that
 * may be there, then calls {@link #end}, which reports every other. What is wrong is collected, so
 * that all of it is reported at once; until then a default stands in.
 */
final class Section {
  private static final int MAX_SHOWN = 60;

  private final Context context;
  private final String path;
  private final boolean overridable;
  private final Map<String, Node> entries;
  private final Set<String> known = new LinkedHashSet<>();

  /** What all sections of one load share. */
  static final class Context {
    private final Environment environment;
    private final List<Problem> problems = new ArrayList<>();
    private final Map<String, String> origins = new HashMap<>();

    Context(Environment environment) {
      this.environment = environment;
    }

    List<Problem> problems() {
      return problems;
    }

    private void problem(String path, String message) {
      problems.add(new Problem(path, origins.getOrDefault(path, ""), message));
    }
  }

  private Section(Context context, String path, boolean overridable, @Nullable Node node) {
    this.context = context;
    this.path = path;
    this.overridable = overridable;
    // Not a switch over types: one is linked at its first use, which start-up would wait for.
    if (node instanceof Mapping(Map<String, Node> given, int _)) {
      this.entries = given;
      return;
    }
    this.entries = Map.of();
    if (node != null && !(node instanceof Empty)) {
      at(path, node);
      context.problem(path, "expected keys with values, found " + describe(node));
    }
  }

  static Section root(Context context, Node document) {
    return new Section(context, "", true, document);
  }

  /** The section under {@code key}, empty where the file has none. */
  Section section(String key) {
    known.add(key);
    return new Section(context, pathOf(key), overridable, entries.get(key));
  }

  /** The value under {@code key}: of the environment, else of the file, else {@code fallback}. */
  <T> T value(String key, Syntax<T> syntax, T fallback) {
    return value(key, syntax).orElse(fallback);
  }

  /** The value under {@code key}, where one is given. */
  <T> Optional<T> value(String key, Syntax<T> syntax) {
    known.add(key);
    Optional<String> override = override(key);
    if (override.isPresent()) {
      return parse(pathOf(key), syntax, override.get());
    }
    Node node = entries.get(key);
    return node == null ? Optional.empty() : scalar(pathOf(key), syntax, node);
  }

  /** The values under {@code key}; in the environment they are separated by commas. */
  <T> List<T> values(String key, Syntax<T> syntax, List<T> fallback) {
    known.add(key);
    Optional<String> override = override(key);
    if (override.isPresent()) {
      return Arrays.stream(override.get().split(",", -1))
          .map(String::strip)
          .filter(text -> !text.isEmpty())
          .flatMap(text -> parse(pathOf(key), syntax, text).stream())
          .toList();
    }
    return items(key, (itemPath, node) -> scalar(itemPath, syntax, node), fallback);
  }

  /** The values under {@code key}, where a list of them is given, which may be empty. */
  <T> Optional<List<T>> valuesIfAny(String key, Syntax<T> syntax) {
    boolean given = entries.get(key) instanceof Sequence;
    List<T> values = values(key, syntax, List.of());
    return given ? Optional.of(values) : Optional.empty();
  }

  /** The sections listed under {@code key}, each bound by {@code binder}. */
  <T> List<T> sections(String key, Function<Section, Optional<T>> binder, List<T> fallback) {
    known.add(key);
    return items(
        key,
        (itemPath, node) -> binder.apply(new Section(context, itemPath, false, node)),
        fallback);
  }

  /** The same, where a list of them is given. */
  <T> Optional<List<T>> sectionsIfAny(String key, Function<Section, Optional<T>> binder) {
    int given = entries.get(key) instanceof Sequence(List<Node> items, int _) ? items.size() : -1;
    List<T> found = sections(key, binder, List.of());
    return found.size() == given ? Optional.of(found) : Optional.empty();
  }

  /** The section of each key, for a mapping whose keys are names. {@code null}: not given. */
  @Nullable Map<String, Section> children(String key) {
    known.add(key);
    Node node = entries.get(key);
    if (node == null) {
      return null;
    }
    Section parent = new Section(context, pathOf(key), false, node);
    Map<String, Section> children = new LinkedHashMap<>();
    parent.entries.forEach(
        (name, child) -> {
          String childPath = pathOf(key) + "[" + name + "]";
          at(childPath, child);
          children.put(name, new Section(context, childPath, false, child));
        });
    return children;
  }

  /** The value for {@code key}, where there must be one. */
  <T> Optional<T> required(String key, Syntax<T> syntax) {
    boolean given = entries.containsKey(key);
    Optional<T> value = value(key, syntax);
    if (!given) {
      context.problem(path, key + " is missing");
    }
    return value;
  }

  /** Reports every key that nobody asked for. */
  void end() {
    entries.forEach(
        (key, node) -> {
          if (!known.contains(key)) {
            at(pathOf(key), node);
            String hint =
                NearestName.of(key, known)
                    .map(nearest -> "; did you mean " + nearest + "?")
                    .orElse("; known here: " + String.join(", ", known));
            context.problem(pathOf(key), "unknown key" + hint);
          }
        });
  }

  /** What {@code supplier} makes, or {@code fallback} and a problem where its record refuses. */
  <T> T build(Supplier<T> supplier, T fallback) {
    return build(supplier).orElse(fallback);
  }

  /** What {@code supplier} makes, or empty and a problem where its record refuses. */
  <T> Optional<T> build(Supplier<T> supplier) {
    try {
      return Optional.of(supplier.get());
    } catch (InvalidConfigurationException e) {
      for (Problem problem : e.problems()) {
        // Records of one place name their full path, those of many places their own part of it.
        boolean absolute = problem.path().startsWith(path);
        context.problem(absolute ? problem.path() : pathOf(problem.path()), problem.message());
      }
      return Optional.empty();
    }
  }

  /** Reports something about this section as a whole. */
  void problem(String message) {
    context.problem(path, message);
  }

  /** Reports something about the value under {@code key}. */
  void problemAt(String key, String message) {
    context.problem(pathOf(key), message);
  }

  private <T> List<T> items(
      String key, BiFunction<String, Node, Optional<T>> reader, List<T> fallback) {
    String listPath = pathOf(key);
    Node node = entries.get(key);
    if (node == null || node instanceof Empty) {
      return fallback;
    }
    if (!(node instanceof Sequence(List<Node> items, int _))) {
      at(listPath, node);
      context.problem(listPath, "expected a list, found " + describe(node));
      return fallback;
    }
    List<T> values = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      String itemPath = listPath + "[" + i + "]";
      at(itemPath, items.get(i));
      reader.apply(itemPath, items.get(i)).ifPresent(values::add);
    }
    // Where an item was refused, its problem is enough; a short list would cause another.
    return values.size() == items.size() ? values : fallback;
  }

  private Optional<String> override(String key) {
    String keyPath = pathOf(key);
    Optional<String> override =
        overridable ? context.environment.override(keyPath) : Optional.empty();
    if (override.isPresent()) {
      context.origins.put(keyPath, Environment.variableFor(keyPath));
    }
    return override;
  }

  private <T> Optional<T> scalar(String valuePath, Syntax<T> syntax, Node node) {
    at(valuePath, node);
    if (node instanceof Scalar(String text, int _)) {
      return parse(valuePath, syntax, text);
    }
    context.problem(valuePath, "expected " + syntax.expected() + ", found " + describe(node));
    return Optional.empty();
  }

  private <T> Optional<T> parse(String valuePath, Syntax<T> syntax, String text) {
    Optional<T> value = syntax.parser().apply(text);
    if (value.isEmpty()) {
      // A URL may carry a password, so what is no URL is not repeated.
      String found = syntax.equals(Syntax.URL) ? "" : ", found " + quote(text);
      context.problem(valuePath, "expected " + syntax.expected() + found);
    }
    return value;
  }

  private void at(String nodePath, Node node) {
    context.origins.put(nodePath, "line " + node.line());
  }

  private String pathOf(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private static String describe(Node node) {
    return switch (node) {
      case Scalar(String text, int _) -> quote(text);
      case Empty _ -> "nothing";
      case Sequence _ -> "a list";
      case Mapping _ -> "keys with values";
    };
  }

  private static String quote(String text) {
    String cut = text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) + "…" : text;
    return '"' + cut.replaceAll("\\p{Cntrl}", "?") + '"';
  }
}
