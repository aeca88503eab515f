package dev.tarn.documentation;

import java.util.ArrayList;
import java.util.List;

/** A query of Prometheus: brackets that match, and metrics that there are. */
final class QueryCheck implements BlockCheck {
  private static final String OPENING = "([{";
  private static final String CLOSING = ")]}";

  private final MetricNames metrics;

  QueryCheck(MetricNames metrics) {
    this.metrics = metrics;
  }

  @Override
  public List<String> problems(Block block) {
    List<String> problems = new ArrayList<>(metrics.unknown(block.text()));
    StringBuilder open = new StringBuilder();
    for (char c : block.text().replaceAll("\"[^\"]*\"", "").toCharArray()) {
      if (OPENING.indexOf(c) >= 0) {
        open.append(CLOSING.charAt(OPENING.indexOf(c)));
      } else if (CLOSING.indexOf(c) >= 0) {
        if (open.isEmpty() || open.charAt(open.length() - 1) != c) {
          problems.add("a bracket that nobody opened: " + c);
          return problems;
        }
        open.setLength(open.length() - 1);
      }
    }
    if (!open.isEmpty()) {
      problems.add("missing " + open);
    }
    return problems;
  }
}
