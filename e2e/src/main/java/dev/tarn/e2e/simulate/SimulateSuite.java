package dev.tarn.e2e.simulate;

import dev.tarn.e2e.process.Workspace;
import dev.tarn.e2e.run.Case;
import dev.tarn.e2e.run.CaseRun;
import dev.tarn.e2e.run.Need;
import dev.tarn.e2e.run.Suite;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The planner by the thousand, under a model of a network. */
public final class SimulateSuite implements Suite<List<Outcome>> {
  /** The options of the command line that it takes, each with a value. */
  public static final Set<String> OPTIONS =
      Set.of(
          "--scenario",
          "--nodes",
          "--size-mib",
          "--nic-mbit",
          "--upstream-mbit",
          "--arrival",
          "--seed",
          "--seeds");

  private final SimulateOptions options;

  /** With the options of the command line, by name and without dashes. */
  public SimulateSuite(Map<String, String> options) {
    this.options = SimulateOptions.of(options);
  }

  @Override
  public String name() {
    return "simulate";
  }

  @Override
  public String summary() {
    return "the planner by the thousand, simulated: --scenario "
        + Scenarios.names()
        + ", --nodes, --nic-mbit, --upstream-mbit, --seed";
  }

  @Override
  public List<Need> needs() {
    return List.of();
  }

  @Override
  public List<String> headlines() {
    return List.of(
        "p50_vs_floor",
        "p99_vs_floor",
        "p999_vs_floor",
        "upstream_copies",
        "bytes_vs_ideal",
        "cross_zone_copies",
        "slowest_first_byte_s",
        "requests_per_home",
        "stuck");
  }

  @Override
  public List<Case<List<Outcome>>> cases() {
    List<Case<List<Outcome>>> cases = new ArrayList<>();
    for (Scenario scenario : options.scenarios()) {
      for (int i = 0; i < options.seeds(); i++) {
        long seed = options.seed() + i;
        cases.add(
            Case.of(
                scenario.name() + " of " + scenario.nodes() + " nodes, seed " + seed,
                (outcomes, run) -> simulate(scenario, seed, outcomes, run)));
      }
      if (options.seeds() > 1) {
        cases.add(
            Case.of(
                scenario.name() + ", the worst of the seeds",
                (outcomes, run) -> Verdict.worst(scenario, outcomes).tell(run)));
      }
    }
    return cases;
  }

  private static void simulate(Scenario scenario, long seed, List<Outcome> outcomes, CaseRun run) {
    Outcome outcome = new Simulation(scenario, seed).run();
    if (outcomes.isEmpty()) {
      System.out.println("    " + Outcome.head());
    }
    System.out.println("    " + outcome.row());
    outcomes.add(outcome);
    Verdict verdict = Verdict.of(outcome);
    verdict.tell(run);
    verdict.judge(run, "seed " + seed);
  }

  @Override
  public List<Outcome> open(Workspace workspace) {
    return new ArrayList<>();
  }
}
