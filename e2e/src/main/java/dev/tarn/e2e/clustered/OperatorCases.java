package dev.tarn.e2e.clustered;

import dev.tarn.e2e.laptop.ContainerdVersion;
import dev.tarn.e2e.laptop.LaptopCluster;
import dev.tarn.e2e.laptop.Machine;
import dev.tarn.e2e.laptop.MachinePlan;
import dev.tarn.e2e.laptop.TarnRelease;
import dev.tarn.e2e.laptop.Upstream;
import dev.tarn.e2e.run.Case;
import dev.tarn.e2e.run.CaseRun;
import dev.tarn.e2e.run.Need;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Faults as an operator meets them, and who of those that an operator asks names the cause: the
 * status page, the dashboard, the alerts, and {@code tarn doctor}.
 */
final class OperatorCases {
  private static final String CONTAINERD_CONFIG = "/etc/containerd/config.toml";
  private static final long IMAGE_BYTES = 6_000_000;
  private static final long DISK_BYTES = 100L << 30;

  /** Less than the kubelet minds, and so much that nothing is left for the cache. */
  private static final double FULL = 0.848;

  private OperatorCases() {}

  static List<Case<ClusterBench>> all() {
    List<Need> needs = Lookout.needs();
    return List.of(
        new Case<>(
            "upstream down: page, dashboard, alert and tarn doctor say so within a minute",
            needs,
            OperatorCases::upstreamDown),
        new Case<>(
            "a containerd that does not come: page, dashboard, alert and tarn doctor say so within a minute",
            needs,
            OperatorCases::ineffective),
        new Case<>(
            "a full disk: page, dashboard, alert and tarn doctor say so within a minute",
            needs,
            OperatorCases::diskFull));
  }

  private static void upstreamDown(ClusterBench bench, CaseRun run) throws Exception {
    bench.release().awaitMirrored();
    LaptopCluster cluster = bench.laptop();
    Upstream upstream = cluster.upstream();
    Machine machine = cluster.machines().getFirst();
    Shipments shipments = Shipments.in(cluster, run);
    Lookout lookout = Lookout.over(bench, run, machine.name());
    shipments.push(IMAGE_BYTES).pull(machine);
    Shipments.Shipment unknown = shipments.push(IMAGE_BYTES);
    lookout.awaitQuiet();

    upstream.stop();
    run.workspace().own(upstream::start);
    Lookout.Signs signs =
        new Lookout.Signs(
            "upstream-failing", "TarnUpstreamDown", "Failures", 0.5, Optional.of(upstream.host()));
    lookout.awaitAll(signs, () -> unknown.tryPull(machine));
    lookout.alsoRaised(signs, "TarnUpstreamFailing");
  }

  private static void ineffective(ClusterBench bench, CaseRun run) throws Exception {
    bench.release().awaitMirrored();
    LaptopCluster cluster = bench.laptop();
    Machine machine = cluster.machines().get(1);
    Lookout lookout = Lookout.over(bench, run, machine.name());
    lookout.awaitQuiet();

    Path file = machine.path(CONTAINERD_CONFIG);
    String before = Files.readString(file);
    run.workspace().own(() -> configure(machine, before));
    configure(
        machine,
        before
            .lines()
            .filter(line -> !line.contains("config_path"))
            .collect(Collectors.joining("\n", "", "\n")));
    lookout.awaitAll(
        new Lookout.Signs(
            "agent-ineffective",
            "TarnNodeIneffective",
            "Nodes that do not use it",
            0,
            Optional.empty()),
        () -> {});
  }

  /** As somebody does who does not know what the line was for. */
  private static void configure(Machine machine, String config) throws Exception {
    try {
      Files.writeString(machine.path(CONTAINERD_CONFIG), config);
    } catch (IOException e) {
      throw new IOException("on " + machine.name(), e);
    }
    machine.stopContainerd();
    machine.startContainerd();
  }

  private static void diskFull(ClusterBench bench, CaseRun run) throws Exception {
    LaptopCluster cluster = bench.laptop();
    TarnRelease release = bench.release();
    Machine machine =
        LateNode.of(run, cluster)
            .join(new MachinePlan("node-crammed", ContainerdVersion.V2_4, "zone-b", DISK_BYTES));
    release.awaitReady();
    NodeTarn.awaitEntries(cluster.machines());
    Shipments shipments = Shipments.in(cluster, run);
    shipments.push(IMAGE_BYTES).pull(machine);
    Lookout lookout = Lookout.over(bench, run, machine.name());
    lookout.awaitQuiet();

    new Ballast(machine).fillTo(FULL);
    Lookout.Signs signs =
        new Lookout.Signs(
            "disk-full", "TarnDiskFull", "Squeezed, full, corrupt", 0, Optional.empty());
    lookout.awaitAll(signs, () -> shipments.push(IMAGE_BYTES).pull(machine));
    lookout.alsoRaised(signs, "TarnCacheSqueezed");
  }
}
