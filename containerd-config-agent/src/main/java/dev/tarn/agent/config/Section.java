package dev.tarn.agent.config;

import dev.tarn.agent.config.InvalidConfigurationException.Problem;
import dev.tarn.core.name.NearestName;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/**
 * One table of the file while it is read. Whoever reads it asks for each key that may be there,
 * then calls {@link #end}, which reports every other. What is wrong is collected, so that all of it
 * is told at once; until then a default stands in. Options go before the file.
 */
final class Section {
  private static final int MAX_SHOWN = 60;

  private final String path;
  private final @Nullable TomlTable table;
  private final Map<String, List<String>> options;
  private final List<Problem> problems;
  private final Set<String> known = new LinkedHashSet<>();

  /**
   * One table.
   *
   * @param table the table, {@code null} where the file has none
   * @param options the values that options give, by the whole path of their key
   * @param problems where problems go
   */
  Section(
      String path,
      @Nullable TomlTable table,
      Map<String, List<String>> options,
      List<Problem> problems) {
    this.path = path;
    this.table = table;
    this.options = options;
    this.problems = problems;
  }

  Section section(String key) {
    known.add(key);
    Object given = given(key);
    if (given != null && !(given instanceof TomlTable)) {
      problem(key, "expected a table, found " + describe(given));
    }
    TomlTable inner = given instanceof TomlTable found ? found : null;
    return new Section(pathOf(key), inner, options, problems);
  }

  <T> T value(String key, Syntax<T> syntax, T fallback) {
    known.add(key);
    List<String> option = options.get(pathOf(key));
    if (option != null) {
      return parse(key, pathOf(key), syntax, option.getLast()).orElse(fallback);
    }
    Object given = given(key);
    return given == null ? fallback : item(key, pathOf(key), syntax, given).orElse(fallback);
  }

  /** The values listed under {@code key}, where a list is given. */
  <T> Optional<List<T>> values(String key, Syntax<T> syntax) {
    known.add(key);
    List<String> option = options.get(pathOf(key));
    Object given = given(key);
    List<T> values = new ArrayList<>();
    if (option != null) {
      for (String text : option) {
        parse(key, pathOf(key), syntax, text).ifPresent(values::add);
      }
    } else if (given instanceof TomlArray array) {
      for (int i = 0; i < array.size(); i++) {
        item(key, pathOf(key) + "[" + i + "]", syntax, array.get(i)).ifPresent(values::add);
      }
    } else {
      if (given != null) {
        problem(key, "expected a list, found " + describe(given));
      }
      return Optional.empty();
    }
    return Optional.of(values);
  }

  /** Reports every key that nobody asked for. */
  void end() {
    if (table == null) {
      return;
    }
    for (String key : table.keySet()) {
      if (!known.contains(key)) {
        String hint =
            NearestName.of(key, known)
                .map(nearest -> "; did you mean " + nearest + "?")
                .orElse("; known here: " + String.join(", ", known));
        problem(key, "unknown key" + hint);
      }
    }
  }

  /** Reports something about the value under {@code key}. */
  void problem(String key, String message) {
    problems.add(new Problem(pathOf(key), origin(key), message));
  }

  private @Nullable Object given(String key) {
    return table == null ? null : table.get(List.of(key));
  }

  private <T> Optional<T> item(String key, String itemPath, Syntax<T> syntax, Object given) {
    if (given instanceof String text) {
      return parse(key, itemPath, syntax, text);
    }
    if (given instanceof Boolean flag && syntax.equals(Syntax.BOOLEAN)) {
      return parse(key, itemPath, syntax, flag.toString());
    }
    String found = describe(given);
    problems.add(
        new Problem(itemPath, origin(key), "expected " + syntax.expected() + ", found " + found));
    return Optional.empty();
  }

  private <T> Optional<T> parse(String key, String itemPath, Syntax<T> syntax, String text) {
    Optional<T> value = syntax.parser().apply(text);
    if (value.isEmpty()) {
      String message = "expected " + syntax.expected() + ", found " + quote(text);
      problems.add(new Problem(itemPath, origin(key), message));
    }
    return value;
  }

  private String origin(String key) {
    if (options.containsKey(pathOf(key))) {
      return "option";
    }
    TomlPosition position = table == null ? null : table.inputPositionOf(List.of(key));
    return position == null ? "" : "line " + position.line() + ", column " + position.column();
  }

  private String pathOf(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private static String describe(Object given) {
    return switch (given) {
      case String text -> quote(text);
      case TomlTable _ -> "a table";
      case TomlArray _ -> "a list";
      default -> given.toString();
    };
  }

  private static String quote(String text) {
    StringBuilder quoted = new StringBuilder().append('"');
    for (int i = 0; i < Math.min(text.length(), MAX_SHOWN); i++) {
      char c = text.charAt(i);
      quoted.append(Character.isISOControl(c) ? '?' : c);
    }
    return quoted.append(text.length() > MAX_SHOWN ? "…\"" : "\"").toString();
  }
}
