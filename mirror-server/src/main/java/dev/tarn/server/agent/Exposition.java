package dev.tarn.server.agent;

import java.util.HashSet;
import java.util.Set;

/**
 * Checks metrics in Prometheus' text format, so that what an agent of another version says cannot
 * spoil the node's own. Names begin with {@value #PREFIX}; timestamps and comments have no place.
 *
 * @see <a href="https://prometheus.io/docs/instrumenting/exposition_formats/">Exposition
 *     formats</a>
 */
final class Exposition {
  static final String PREFIX = "containerd_config_agent_";

  private static final Set<String> TYPES =
      Set.of("counter", "gauge", "histogram", "summary", "untyped");
  private static final Set<String> NO_NUMBERS = Set.of("NaN", "+Inf", "-Inf");

  /** Of which metrics something was said: a second TYPE or HELP, or a late one, is an error. */
  private final Set<String> said = new HashSet<>();

  private Exposition() {}

  static boolean isWellFormed(String text) {
    Exposition exposition = new Exposition();
    // A line break of another kind would be one here, and none to Prometheus.
    return text.indexOf('\r') < 0 && text.lines().allMatch(exposition::isLine);
  }

  private boolean isLine(String line) {
    if (line.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
      return false;
    }
    if (line.startsWith("# HELP ")) {
      String name = word(line, "# HELP ".length());
      return isName(name) && line.indexOf('\\') < 0 && said.add("HELP " + name);
    }
    if (line.startsWith("# TYPE ")) {
      String name = word(line, "# TYPE ".length());
      return isName(name)
          && TYPES.contains(rest(line, "# TYPE ".length() + name.length()))
          && !said.contains(name)
          && said.add("TYPE " + name);
    }
    return isSample(line);
  }

  private boolean isSample(String line) {
    int end = 0;
    while (end < line.length() && isPartOfName(line.charAt(end))) {
      end++;
    }
    String name = line.substring(0, end);
    said.add(name);
    int afterLabels =
        end < line.length() && line.charAt(end) == '{' ? endOfLabels(line, end + 1) : end;
    return isName(name) && afterLabels > 0 && isNumber(rest(line, afterLabels));
  }

  /** Where the labels that begin at {@code from} end, behind their brace; -1 where they do not. */
  private static int endOfLabels(String line, int from) {
    int at = from;
    while (at < line.length() && line.charAt(at) != '}') {
      int equals = line.indexOf("=\"", at);
      if (equals <= at || !isLabel(line.substring(at, equals))) {
        return -1;
      }
      at = endOfValue(line, equals + 2);
      if (at < 0 || at == line.length() || (line.charAt(at) != ',' && line.charAt(at) != '}')) {
        return -1;
      }
      at += line.charAt(at) == ',' ? 1 : 0;
    }
    return at < line.length() ? at + 1 : -1;
  }

  /** Where a label's value ends, behind its quote; -1 where it does not. */
  private static int endOfValue(String line, int from) {
    for (int i = from; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"') {
        return i + 1;
      }
      if (c == '\\' && (++i == line.length() || "\\\"n".indexOf(line.charAt(i)) < 0)) {
        return -1;
      }
    }
    return -1;
  }

  private static boolean isLabel(String text) {
    return !Character.isDigit(text.charAt(0)) && text.chars().allMatch(Exposition::isPartOfName);
  }

  private static boolean isName(String name) {
    return name.startsWith(PREFIX)
        && name.length() > PREFIX.length()
        && name.chars().allMatch(Exposition::isPartOfName);
  }

  private static boolean isPartOfName(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }

  private static boolean isNumber(String text) {
    if (NO_NUMBERS.contains(text)) {
      return true;
    }
    try {
      return text.chars().allMatch(c -> "0123456789+-.eE".indexOf(c) >= 0)
          && Double.isFinite(Double.parseDouble(text));
    } catch (NumberFormatException _) {
      return false;
    }
  }

  private static String word(String line, int from) {
    int space = line.indexOf(' ', from);
    return line.substring(from, space < 0 ? line.length() : space);
  }

  /** What follows one space; empty where none does. */
  private static String rest(String line, int from) {
    return from < line.length() && line.charAt(from) == ' ' ? line.substring(from + 1) : "";
  }
}
