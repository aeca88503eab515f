package dev.tarn.agent.setup;

import java.util.List;

/**
 * What a change does to its file, in the manner of {@code diff -U0}: lines around it are not shown,
 * because there may be credentials in them.
 */
final class Difference {
  private Difference() {}

  static String of(Plan.Change change) {
    List<String> before = change.before().orElse("").lines().toList();
    List<String> after = change.after().lines().toList();
    int shorter = Math.min(before.size(), after.size());
    int head = 0;
    while (head < shorter && before.get(head).equals(after.get(head))) {
      head++;
    }
    int tail = 0;
    while (tail < shorter - head
        && before.get(before.size() - 1 - tail).equals(after.get(after.size() - 1 - tail))) {
      tail++;
    }
    StringBuilder out = new StringBuilder();
    out.append("--- ").append(change.before().isPresent() ? change.path() : "/dev/null");
    out.append("\n+++ ").append(change.path()).append('\n');
    int removed = before.size() - tail - head;
    int added = after.size() - tail - head;
    out.append("@@ -").append(range(head, removed)).append(" +").append(range(head, added));
    out.append(" @@\n");
    lines(out, '-', before.subList(head, head + removed));
    lines(out, '+', after.subList(head, head + added));
    return out.toString();
  }

  /** Of no lines, the number of the one before. */
  private static String range(int head, int count) {
    return (count == 0 ? head : head + 1) + "," + count;
  }

  private static void lines(StringBuilder out, char sign, List<String> lines) {
    for (String line : lines) {
      out.append(sign).append(line).append('\n');
    }
  }
}
