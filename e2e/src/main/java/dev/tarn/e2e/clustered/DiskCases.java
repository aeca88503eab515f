package dev.tarn.e2e.clustered;

import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.kube.Trees;
import dev.tarn.e2e.laptop.ContainerdVersion;
import dev.tarn.e2e.laptop.LaptopCluster;
import dev.tarn.e2e.laptop.Machine;
import dev.tarn.e2e.laptop.MachinePlan;
import dev.tarn.e2e.laptop.TarnRelease;
import dev.tarn.e2e.node.Metrics;
import dev.tarn.e2e.run.Case;
import dev.tarn.e2e.run.CaseRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;

/**
 * One file system for the cache, for containerd and for what others keep there, nearly full: what
 * Tarn does before the kubelet has to do anything, and what the kubelet does at last.
 */
final class DiskCases {
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

  /** A kubelet tells of pressure a little after it has done something about it. */
  private static final Duration TOLD_WITHIN = Duration.ofSeconds(15);

  /** As nodes have it: of a smaller one, what Tarn keeps usable would be a bigger share. */
  private static final long DISK_BYTES = 100L << 30;

  private static final long IMAGE_BYTES = 250_000_000;
  private static final int IMAGES = 5;

  /** What others take in a second while the disk fills. */
  private static final long CREEP_BYTES = 100L << 20;

  /** Below it kubelets let images be, and above it they collect those that nobody uses. */
  private static final double KUBELETS_LIMIT = 0.85;

  private static final double NEARLY = 0.845;

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
        LateNode.of(run, cluster)
            .join(new MachinePlan("node-full", ContainerdVersion.V2_4, "zone-b", DISK_BYTES));
    release.awaitReady();
    NodeTarn.awaitEntries(cluster.machines());
    String tarn = Trees.text(release.pod(machine.name()), "metadata.uid");
    ColdPods pods = ColdPods.in(bench, run);
    Pressure pressure = run.workspace().own(Pressure.of(cluster.api(), machine.name()));
    Shipments shipments = Shipments.in(cluster, run);
    Ballast ballast = new Ballast(machine);
    pods.start(machine.name());
    pods.start(machine.name());

    // Images of nobody, in containerd's store and in the cache, on a disk that others nearly fill.
    ballast.fillTo(0.77);
    for (int i = 0; i < IMAGES; i++) {
      shipments.push(IMAGE_BYTES).pull(machine);
    }
    setKubelet(machine);
    long cached = held(release, machine);
    run.figure("cached_mib", cached >> 20);
    run.check(cached > 3 * IMAGE_BYTES, "Tarn holds " + cached + ", nothing to give");

    // The others come close to what the kubelet bears; with the cache they would be past it.
    long start = System.nanoTime();
    ballast.creep(CREEP_BYTES, () -> withoutTarn(release, machine), NEARLY);
    run.figure("filled_s", (System.nanoTime() - start) / 1_000_000_000);
    awaitRoom(release, machine);
    run.figure("kept_mib", held(release, machine) >> 20);
    pods.start(machine.name());
    shipments.push(IMAGE_BYTES / 10).pull(machine);
    awaitRoom(release, machine);
    run.checkEquals("times of pressure while Tarn could give way", 0, pressure.times());
    run.check(shipments.on(machine) > IMAGES, "the kubelet has collected images");

    // And past it by themselves: the kubelet has to act.
    ballast.creep(
        CREEP_BYTES,
        () -> shipments.on(machine) < IMAGES ? 1 : withoutTarn(release, machine),
        KUBELETS_LIMIT + 0.005);
    Await.until(
        "the kubelet collects images",
        PATIENCE,
        BETWEEN_LOOKS,
        () -> shipments.on(machine) < IMAGES);
    long collected = System.nanoTime();
    Await.until(
        "the pressure is over",
        PATIENCE,
        () ->
            !pressure.now()
                && (pressure.times() > 0 || System.nanoTime() - collected > TOLD_WITHIN.toNanos()));
    pods.start(machine.name());
    shipments.push(IMAGE_BYTES).pull(machine);
    pods.start(machine.name());
    run.figure("times_of_pressure", pressure.times());
    run.check(pressure.evictions().isEmpty(), "evicted: " + pressure.evictions());
    run.check(
        Trees.text(release.pod(machine.name()), "metadata.uid").equals(tarn),
        "Tarn's pod is another one");
    pods.figures(run);
  }

  /**
   * As kubelets have it by default, but that what it has seen for a second may be collected, not
   * for two minutes, and that pressure is over after half a minute, not after five. It is started
   * again, and so sees what was pulled: else it would at its next round, within five minutes.
   */
  private static void setKubelet(Machine machine) throws IOException {
    Files.writeString(
        machine.directory().resolve("kubelet.yaml"),
        """
        imageMinimumGCAge: 1s
        evictionPressureTransitionPeriod: 30s
        """,
        StandardOpenOption.APPEND);
    machine.stopKubelet();
    machine.startKubelet();
  }

  private static void awaitRoom(TarnRelease release, Machine machine) throws Exception {
    Await.until(
        "Tarn has given way; it holds " + held(release, machine),
        PATIENCE,
        () -> Ballast.used(machine) < KUBELETS_LIMIT);
  }

  private static double withoutTarn(TarnRelease release, Machine machine) {
    return Ballast.used(machine) - (double) held(release, machine) / machine.disk().size();
  }

  private static long held(TarnRelease release, Machine machine) {
    Metrics metrics = release.metrics(machine.name());
    return (long) (metrics.sum("tarn_store_bytes") + metrics.sum("tarn_store_partial_bytes"));
  }
}
