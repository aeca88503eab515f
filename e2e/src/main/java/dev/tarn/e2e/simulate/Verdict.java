package dev.tarn.e2e.simulate;

import dev.tarn.e2e.run.CaseRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The figures of a run, or the worst of several, and which limits they miss. Immutable. */
record Verdict(
    Scenario.Limits limits,
    double p50,
    double p99,
    double p999,
    double copies,
    double bytes,
    double crossZone,
    double head,
    double homeRequests,
    double stuck) {

  static Verdict of(Outcome outcome) {
    return worst(outcome.scenario(), List.of(outcome));
  }

  /** The worst of those of a scenario. */
  static Verdict worst(Scenario scenario, List<Outcome> outcomes) {
    List<Outcome> own =
        outcomes.stream().filter(o -> o.scenario().name().equals(scenario.name())).toList();
    return new Verdict(
        scenario.limits(),
        most(own, o -> o.percentile(50)),
        most(own, o -> o.percentile(99)),
        most(own, o -> o.percentile(99.9)),
        most(own, Outcome::upstreamCopies),
        most(own, Outcome::bytesVsIdeal),
        most(own, Outcome::crossZoneCopies),
        most(own, Outcome::slowestHeadSeconds),
        most(own, Outcome::mostHomeRequests),
        most(own, Outcome::stuck));
  }

  private static double most(List<Outcome> outcomes, ToDoubleFunction<Outcome> figure) {
    return outcomes.stream().mapToDouble(figure).max().orElse(0);
  }

  /** Notes the figures for the RESULT line. */
  void tell(CaseRun run) {
    figure(run, "p50_vs_floor", p50);
    figure(run, "p99_vs_floor", p99);
    figure(run, "p999_vs_floor", p999);
    figure(run, "upstream_copies", copies);
    figure(run, "bytes_vs_ideal", bytes);
    figure(run, "cross_zone_copies", crossZone);
    figure(run, "slowest_first_byte_s", head);
    figure(run, "requests_per_home", homeRequests);
    figure(run, "stuck", stuck);
  }

  private static void figure(CaseRun run, String name, double value) {
    run.figure(name, Math.round(value * 1e4) / 1e4);
  }

  /** Which limits are missed, a line each. */
  List<String> missed() {
    List<String> missed = new ArrayList<>();
    atMost(missed, "p999_vs_floor", p999, limits.p999());
    atMost(missed, "upstream_copies", copies, limits.copies());
    atMost(missed, "bytes_vs_ideal", bytes, limits.bytes());
    atMost(missed, "cross_zone_copies", crossZone, limits.crossZone());
    atMost(missed, "stuck", stuck, 0);
    return missed;
  }

  private static void atMost(List<String> missed, String name, double value, double limit) {
    if (value > limit) {
      missed.add(String.format(Locale.ROOT, "%s %.4f, to be at most %.4f", name, value, limit));
    }
  }

  void judge(CaseRun run, String what) {
    run.check(missed().isEmpty(), what + ": " + String.join("; ", missed()));
  }
}
