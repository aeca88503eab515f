package dev.tarn.e2e.bench;

import dev.tarn.e2e.run.CaseRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * What a case found: figures for the RESULT line, rows of a table for people, and the limits that
 * were missed. Everything is measured before a limit fails the case.
 */
public final class Findings {
  private final CaseRun run;
  private final double lenience;
  private final List<String> missed = new ArrayList<>();

  /** Findings of a case whose limits are widened by that. */
  public Findings(CaseRun run, double lenience) {
    this.run = run;
    this.lenience = lenience;
  }

  /** Prints a row of a Markdown table: what was measured, then a cell each. */
  public static void row(String what, List<String> cells) {
    System.out.println("    | " + what + " | " + String.join(" | ", cells) + " |");
  }

  /** Prints how the servers of a contest did, and notes it under the key and the server's name. */
  void contest(String key, String what, Contest contest, ToDoubleFunction<Round> figure) {
    row(
        what,
        contest.servers().stream()
            .map(server -> server.name() + " " + contest.samples(server, figure))
            .collect(Collectors.toList()));
    for (Server server : contest.servers()) {
      figure(
          key + "_" + server.name().replaceAll("[^a-z]", "_"),
          contest.samples(server, figure).median());
    }
  }

  /** Prints and notes a figure that several rounds gave. */
  void figure(String name, Samples samples) {
    row(name, List.of(samples.toString()));
    figure(name, samples.median());
    if (samples.values().size() > 1) {
      figure(name + "_least", samples.least());
      figure(name + "_most", samples.most());
    }
  }

  /** Notes a figure. */
  public void figure(String name, double value) {
    run.figure(name, Samples.rounded(value));
  }

  /** Notes a figure that must not be less than the limit. */
  void atLeast(String name, Samples samples, double limit) {
    figure(name, samples);
    judgeAtLeast(name, samples.median(), limit);
  }

  /** Notes a figure that must not be less than the limit. */
  public void atLeast(String name, double value, double limit) {
    figure(name, value);
    judgeAtLeast(name, value, limit);
  }

  private void judgeAtLeast(String name, double value, double limit) {
    limit(name, value, "at least", limit / lenience, value >= limit / lenience);
  }

  /** Notes a figure that must not be more than the limit. */
  void atMost(String name, Samples samples, double limit) {
    figure(name, samples);
    judgeAtMost(name, samples.median(), limit);
  }

  /** Notes a figure that must not be more than the limit. */
  public void atMost(String name, double value, double limit) {
    figure(name, value);
    judgeAtMost(name, value, limit);
  }

  private void judgeAtMost(String name, double value, double limit) {
    limit(name, value, "at most", limit * lenience, value <= limit * lenience);
  }

  private void limit(String name, double value, String bound, double limit, boolean holds) {
    String text = String.format(Locale.ROOT, "%s %.3f, to be %s %.3f", name, value, bound, limit);
    System.out.println("    " + text + (holds ? "" : "  MISSED"));
    if (!holds) {
      missed.add(text);
    }
  }

  /** Fails the case where a limit was missed. */
  public void judge() {
    run.check(missed.isEmpty(), String.join("\n", missed));
  }
}
