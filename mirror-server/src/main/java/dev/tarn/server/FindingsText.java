package dev.tarn.server;

import dev.tarn.server.console.Json;
import java.io.PrintStream;

/** The verdict of a node or a cluster, and its findings, as people read them. Stateless. */
final class FindingsText {
  private FindingsText() {}

  /** The verdict in words. */
  static String verdict(Json status) {
    return switch (status.text("verdict")) {
      case "fine" -> "Fine";
      case "attention" -> "Needs attention";
      default -> "In trouble";
    };
  }

  /** What is wrong and what to do; nothing where nothing is. */
  static void print(Json status, PrintStream out) {
    for (Json finding : status.list("findings")) {
      long nodes = finding.number("nodes");
      out.printf("%n%-9s  %s%n", finding.text("severity"), finding.text("text"));
      if (nodes > 0) {
        line(out, "on", nodes + (nodes == 1 ? " node: " : " nodes: ") + examples(finding));
      }
      line(out, "fix", finding.text("fix"));
      line(out, "more", finding.text("runbook").isEmpty() ? "" : "docs/" + finding.text("runbook"));
    }
  }

  /** The nodes that are named. */
  static String examples(Json finding) {
    return String.join(", ", finding.list("examples").stream().map(each -> each.text()).toList());
  }

  private static void line(PrintStream out, String what, String words) {
    if (!words.isEmpty()) {
      out.printf("           %-4s  %s%n", what, words);
    }
  }
}
