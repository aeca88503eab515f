package dev.tarn.e2e.chaos;

import dev.tarn.e2e.cluster.Certificates;
import dev.tarn.e2e.cluster.Network;
import dev.tarn.e2e.process.Workspace;
import dev.tarn.e2e.run.Case;
import dev.tarn.e2e.run.CaseRun;
import dev.tarn.e2e.run.Need;
import dev.tarn.e2e.run.Suite;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Everything that happens to clusters happens to one, while clients pull. */
public final class ChaosSuite implements Suite<ChaosOptions> {
  /** The options of the command line that it takes, each with a value. */
  public static final Set<String> OPTIONS = ChaosOptions.NAMES;

  private static final Duration BESIDES = Duration.ofMinutes(8);

  private final ChaosOptions options;

  /** With the options of the command line, without dashes. */
  public ChaosSuite(Map<String, String> options) {
    this.options = ChaosOptions.of(options);
  }

  @Override
  public String name() {
    return "chaos";
  }

  @Override
  public String summary() {
    return "pulls in a cluster to which faults come by a seed's schedule: --seed, --seeds,"
        + " --minutes, --nodes";
  }

  @Override
  public List<Need> needs() {
    List<Need> needs = new ArrayList<>(Network.needs());
    needs.add(Need.debian("docker-registry", "docker-registry"));
    needs.add(Need.debian("gcc", "gcc and libc6-dev"));
    needs.add(Certificates.need());
    return needs;
  }

  @Override
  public List<String> headlines() {
    return List.of("violations", "waves", "faults", "attempts", "copies_most");
  }

  @Override
  public Duration caseLimit() {
    return options.length().plus(BESIDES);
  }

  @Override
  public List<Case<ChaosOptions>> cases() {
    List<Case<ChaosOptions>> cases = new ArrayList<>();
    for (int i = 0; i < options.seeds(); i++) {
      long seed = options.seed() + i;
      cases.add(
          Case.of(
              "seed " + seed + ", " + options.length().toSeconds() + " s",
              (shared, run) -> run(seed, shared, run)));
    }
    return cases;
  }

  @Override
  public ChaosOptions open(Workspace workspace) {
    return options;
  }

  private static void run(long seed, ChaosOptions options, CaseRun run) throws Exception {
    Workspace workspace = run.workspace();
    Schedule schedule = Schedule.of(seed, options.length(), options.nodes());
    ChaosCluster cluster = ChaosCluster.start(workspace, options);
    Timeline timeline = new Timeline();
    Corruption corruption = new Corruption(seed, timeline);
    Pulls pulls = new Pulls(cluster, timeline, corruption);
    Copies copies = new Copies(cluster, timeline);
    Waves waves =
        new Waves(cluster, timeline, pulls, copies, workspace.makeDirectory("images"), seed);
    Settling settling = new Settling(cluster, timeline, options.hasPeers());
    // A cluster that just started is one whose nodes were all just restarted.
    int started = timeline.begins(new Fault.RestartHomes(), cluster.numbers());
    waves.ofAll();
    timeline.ends(started);
    settling.await();
    Injector injector = workspace.own(new Injector(cluster, timeline, corruption, waves::homes));
    injector.follow(schedule);
    double end = timeline.now() + options.length().toSeconds();
    while (timeline.now() < end) {
      waves.next();
    }
    injector.finish();
    timeline.tell("all faults are over");
    settling.await();
    waves.ofAll();
    settling.await();
    report(seed, timeline, pulls, copies, waves, run);
  }

  private static void report(
      long seed, Timeline timeline, Pulls pulls, Copies copies, Waves waves, CaseRun run) {
    Map<String, Integer> faults = timeline.counts();
    faults.forEach((kind, count) -> run.figure("fault_" + kind, count));
    run.figure("violations", timeline.violations().size());
    run.figure("waves", waves.count());
    run.figure("faults", faults.values().stream().mapToInt(Integer::intValue).sum());
    run.figure("attempts", pulls.attempts());
    run.figure("attempts_excused", pulls.excused());
    run.figure("fallbacks", pulls.fallbacks());
    run.figure("resumed", pulls.resumed());
    run.figure("copies_most", Math.round(copies.most() * 1000) / 1000.0);
    run.figure("copies_mean", Math.round(copies.mean() * 1000) / 1000.0);
    run.figure("slowest_s", Math.round(waves.slowest() * 1000) / 1000.0);
    run.check(
        timeline.violations().isEmpty(),
        "seed " + seed + " replays this:\n" + String.join("\n", timeline.violations()));
  }
}
