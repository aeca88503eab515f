package dev.tarn.e2e.clustered;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.kube.Trees;
import dev.tarn.e2e.laptop.ContainerdVersion;
import dev.tarn.e2e.laptop.Disk;
import dev.tarn.e2e.laptop.LaptopCluster;
import dev.tarn.e2e.laptop.Machine;
import dev.tarn.e2e.laptop.MachinePlan;
import dev.tarn.e2e.laptop.TarnRelease;
import dev.tarn.e2e.node.Metrics;
import dev.tarn.e2e.run.Case;
import dev.tarn.e2e.run.CaseRun;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * One file system for the cache, for containerd and for what others keep there, nearly full: what
 * the kubelet does about it, and what Tarn does before that.
 */
final class DiskCases {
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  /** As nodes have it: of a smaller one, what Tarn keeps usable would be a bigger share. */
  private static final long DISK_BYTES = 100L << 30;

  private static final long IMAGE_BYTES = 250_000_000;
  private static final int IMAGES = 5;

  private DiskCases() {}

  static List<Case<ClusterBench>> all() {
    return List.of(
        Case.of(
            "one nearly full disk: Tarn gives way, the kubelet collects images, no pod is evicted",
            DiskCases::full));
  }

  private static void full(ClusterBench bench, CaseRun run) throws Exception {
    LaptopCluster cluster = bench.laptop();
    TarnRelease release = bench.release();
    Machine machine =
        cluster.join(
            new MachinePlan("node-full", ContainerdVersion.V2_4, "zone-b", DISK_BYTES));
    run.workspace().own(() -> cluster.leave(machine));
    KubeletSettings.usual(machine);
    release.awaitReady();
    release.awaitMirrored();
    ColdPods pods = ColdPods.in(bench, run);
    Pressure pressure = run.workspace().own(Pressure.watch(cluster.api(), machine.name()));
    Ballast ballast = new Ballast(machine);
    pods.start(machine.name());

    // Others use so much that Tarn has little more than its reserve.
    ballast.fillTo(0.77);
    Shipments shipments = Shipments.in(cluster, run);
    for (int i = 0; i < IMAGES; i++) {
      shipments.push(IMAGE_BYTES).pull(machine);
    }
    double cached = held(release, machine);
    run.check(
        cached > 2.0 * IMAGE_BYTES, "little is cached: " + cached + "; nothing is there to give");
    run.figure("cachedMib", Math.round(cached / (1 << 20)));
    run.check(!pressure.now(), "pressure already");

    // Others alone come close to what the kubelet bears: with the cache they would be past it.
    ballast.fillTo(0.845 - held(release, machine) / machine.disk().size());
    ballast.addTo(0.845, held(release, machine));
    long start = System.nanoTime();
    Await.until(
        "Tarn has given way; it holds " + held(release, machine),
        PATIENCE,
        () -> used(machine) < 0.85);
    run.figure("gaveWaySeconds", (System.nanoTime() - start) / 1_000_000_000);
    machine.stopKubelet();
    machine.startKubelet();
    pods.start(machine.name());
    pods.start(machine.name());
  }

  private static double held(TarnRelease release, Machine machine) {
    Metrics metrics = release.metrics(machine.name());
    return metrics.sum("tarn_store_bytes") + metrics.sum("tarn_store_partial_bytes");
  }

  private static double used(Machine machine) {
    Disk disk = machine.disk();
    return 1 - (double) disk.free() / disk.size();
  }
}
