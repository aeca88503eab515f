package dev.tarn.documentation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The metrics that there are, by the tables of metrics.md and agent.md, which the modules hold
 * against the code.
 */
final class MetricNames {
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `([a-z0-9_]+)` \\| (?:counter|gauge|histogram|summary) \\|");
  private static final Pattern NAME =
      Pattern.compile(
          "(?<![\\w:/.])(?:tarn|containerd_config_agent)_[a-z0-9]\\w*(?![\\w:*/…]|\\.\\w)");
  private static final Pattern PART = Pattern.compile("_(?:bucket|count|sum)$");

  private final Set<String> names;

  private MetricNames(Set<String> names) {
    this.names = names;
  }

  static MetricNames of(Path root) throws IOException {
    Set<String> names = new TreeSet<>();
    rows(root.resolve("docs/metrics.md"), "", names);
    rows(root.resolve("docs/agent.md"), "containerd_config_agent_", names);
    return new MetricNames(names);
  }

  private static void rows(Path page, String prefix, Set<String> names) throws IOException {
    Matcher row = ROW.matcher(Files.readString(page));
    while (row.find()) {
      names.add(prefix + row.group(1));
    }
  }

  int size() {
    return names.size();
  }

  /** What {@code text} names as a metric of Tarn's and is none. */
  List<String> unknown(String text) {
    return NAME.matcher(text)
        .results()
        .map(MatchResult::group)
        .filter(
            name -> !names.contains(name) && !names.contains(PART.matcher(name).replaceFirst("")))
        .map(name -> "no such metric: " + name)
        .toList();
  }
}
