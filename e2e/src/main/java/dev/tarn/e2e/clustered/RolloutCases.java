package dev.tarn.e2e.clustered;

import dev.tarn.e2e.bench.Findings;
import dev.tarn.e2e.bench.ProcessUse;
import dev.tarn.e2e.cluster.LinkSpeed;
import dev.tarn.e2e.image.Blob;
import dev.tarn.e2e.laptop.LaptopCluster;
import dev.tarn.e2e.run.Case;
import dev.tarn.e2e.run.CaseRun;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What many pods restarted at once cost with Tarn, against the same without. */
final class RolloutCases {
  /**
   * What upstream sends at most, to all nodes together: little enough that the processors, which
   * all nodes share, are not what limits.
   */
  private static final LinkSpeed UPSTREAM = new LinkSpeed(50);

  /** Crowds may cost a little more than one copy, and on a busy machine more than a little. */
  private static final double MOST_COPIES = 1.30;

  private RolloutCases() {}

  static List<Case<ClusterBench>> cases() {
    return List.of(
        Case.of("30 deployments rolled at once, with Tarn and without", RolloutCases::compare));
  }

  private static void compare(ClusterBench bench, CaseRun run) throws Exception {
    LaptopCluster cluster = bench.laptop();
    bench.release().awaitMirrored();
    run.workspace().own(() -> bench.dropImages(reference -> reference.contains("/rollout/")));
    String namespace = bench.namespace(run);
    Rollout rollout = Rollout.prepare(cluster, namespace, run);
    run.workspace().own(cluster.upstream()::unlimited);

    Set<Blob> mirrored = new LinkedHashSet<>();
    List<String> images = rollout.newImages(run, "mirrored", mirrored);
    cluster.upstream().limit(UPSTREAM);
    Rollout.Figures with;
    double tarnCpu;
    ProcessUse.Memory server;
    ProcessUse.Memory agent;
    try (TarnUse use = TarnUse.watch(cluster)) {
      with = rollout.roll(images, mirrored);
      tarnCpu = use.cpuSeconds();
      server = use.most("tarn");
      agent = use.most("agent");
    }
    cluster.upstream().unlimited();
    note(run, "with", with);
    run.figure("tarn_cpu_s", rounded(tarnCpu));

    bench.uninstall();
    run.workspace().own(() -> bench.release());
    Set<Blob> direct = new LinkedHashSet<>();
    List<String> others = rollout.newImages(run, "direct", direct);
    bench.dropImages(reference -> reference.contains("/rollout/first"));
    cluster.upstream().limit(UPSTREAM);
    Rollout.Figures without = rollout.roll(others, direct);
    cluster.upstream().unlimited();

    note(run, "without", without);
    print(with, without, tarnCpu, server, agent);
    run.figure("tarn_server_rss_mib", rounded(server.residentMib()));
    run.figure("tarn_server_anonymous_mib", rounded(server.anonymousMib()));
    run.figure("tarn_agent_rss_mib", rounded(agent.residentMib()));
    run.figure("time_ratio", rounded(with.seconds() / without.seconds()));
    run.check(with.failedPulls().isEmpty(), "not pulled at once with Tarn: " + with.failedPulls());
    run.check(with.copies() <= MOST_COPIES, "upstream sent " + with.copies() + " copies");
    run.check(
        with.seconds() <= without.seconds(),
        "with Tarn it took " + with.seconds() + " s, without " + without.seconds());
  }

  private static void note(CaseRun run, String which, Rollout.Figures figures) {
    System.out.println("    " + which + " Tarn: " + figures);
    run.figure(which + "_s", rounded(figures.seconds()));
    run.figure(which + "_start_median_s", rounded(figures.medianStart()));
    run.figure(which + "_start_slowest_s", rounded(figures.slowestStart()));
    run.figure(which + "_upstream_mb", rounded(figures.upstreamBytes() / 1e6));
    run.figure(which + "_upstream_copies", rounded(figures.copies()));
    run.figure(which + "_machine_cpu_s", rounded(figures.machineCpuSeconds()));
    run.figure(which + "_machine_busy", rounded(figures.machineBusy()));
  }

  private static void print(
      Rollout.Figures with,
      Rollout.Figures without,
      double tarnCpu,
      ProcessUse.Memory server,
      ProcessUse.Memory agent) {
    Findings.row("", List.of("with Tarn", "without"));
    row("all rolled, s", with.seconds(), without.seconds());
    row("a pod's start, median, s", with.medianStart(), without.medianStart());
    row("slowest, s", with.slowestStart(), without.slowestStart());
    row("upstream sent, MB", with.upstreamBytes() / 1e6, without.upstreamBytes() / 1e6);
    row("copies of every layer", with.copies(), without.copies());
    row("processor time of all, s", with.machineCpuSeconds(), without.machineCpuSeconds());
    row("processors busy, %", 100 * with.machineBusy(), 100 * without.machineBusy());
    row("processor time of Tarn on all nodes, s", tarnCpu, 0);
    Findings.row(
        "most memory on a node, MiB: resident (anonymous)",
        List.of(
            "server %.0f (%.0f), agent %.0f (%.0f)"
                .formatted(
                    server.residentMib(),
                    server.anonymousMib(),
                    agent.residentMib(),
                    agent.anonymousMib()),
            ""));
  }

  private static void row(String what, double with, double without) {
    Findings.row(what, List.of(text(with), text(without)));
  }

  private static String text(double value) {
    return String.format(Locale.ROOT, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value);
  }

  private static double rounded(double value) {
    return Math.round(value * 1_000) / 1e3;
  }
}
