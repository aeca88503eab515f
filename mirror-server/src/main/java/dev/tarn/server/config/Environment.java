package dev.tarn.server.config;

import dev.tarn.core.name.NearestName;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The variables that override keys of the file: {@code TARN_} and the path in upper snake case. */
final class Environment {
  private static final String PREFIX = "TARN_";

  /** Read by the launcher, not by the server. */
  private static final Set<String> RESERVED = Set.of("TARN_JAVA_OPTS", "TARN_CACHE");

  /** What Kubernetes tells every pod about a Service whose name begins with "tarn". */
  private static final Pattern SERVICE =
      Pattern.compile("TARN_(?:[A-Z0-9_]+_)?(?:SERVICE_HOST|SERVICE_PORT.*|PORT(?:_[0-9]+_.*)?)");

  private final Map<String, String> variables;
  private final Set<String> known = new TreeSet<>();

  Environment(Map<String, String> variables) {
    this.variables = variables;
  }

  /** The name of the variable that overrides the key at {@code path}. */
  static String variableFor(String path) {
    StringBuilder name = new StringBuilder(PREFIX);
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c == '.') {
        name.append('_');
      } else {
        if (Character.isUpperCase(c)) {
          name.append('_');
        }
        name.append(Character.toUpperCase(c));
      }
    }
    return name.toString();
  }

  /** The override of the key at {@code path}, which makes that variable a known one. */
  Optional<String> override(String path) {
    String name = variableFor(path);
    known.add(name);
    return Optional.ofNullable(variables.get(name));
  }

  /** Variables that look like overrides but override nothing, each with what was probably meant. */
  List<InvalidConfigurationException.Problem> unknown() {
    List<InvalidConfigurationException.Problem> problems = new ArrayList<>();
    for (String name : new TreeSet<>(variables.keySet())) {
      if (name.toUpperCase(Locale.ROOT).startsWith(PREFIX)
          && !known.contains(name)
          && !RESERVED.contains(name)
          && !SERVICE.matcher(name).matches()) {
        String hint =
            NearestName.of(name, known)
                .map(nearest -> "; did you mean " + nearest + "?")
                .orElse("");
        problems.add(
            new InvalidConfigurationException.Problem(name, "", "unknown variable" + hint));
      }
    }
    return problems;
  }
}
