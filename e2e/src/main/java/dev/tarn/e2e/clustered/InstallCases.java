package dev.tarn.e2e.clustered;

import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.laptop.KubeCluster;
import dev.tarn.e2e.laptop.TarnRelease;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.run.Case;
import dev.tarn.e2e.run.CaseRun;
import java.time.Duration;
import java.util.List;

/** What {@code helm install} makes of a cluster that has nothing of Tarn's. */
final class InstallCases {
  private static final Duration READY_LIMIT = Duration.ofSeconds(60);
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int LAYER_BYTES = 1 << 20;

  private InstallCases() {}

  static List<Case<ClusterBench>> all() {
    return List.of(
        Case.of("helm install: ready on every node within a minute", InstallCases::ready),
        Case.of(
            "helm install: after a pull on each node every agent says: effective",
            InstallCases::effective),
        Case.of("helm install: helm test passes, and prints no error", InstallCases::test));
  }

  private static void ready(ClusterBench bench, CaseRun run) throws Exception {
    bench.uninstall();
    long start = System.nanoTime();
    TarnRelease release = bench.begin();
    release.awaitReady();
    double seconds = secondsSince(start);
    release.awaitPeers();
    run.figure("readySeconds", seconds);
    run.figure("peersSeconds", secondsSince(start));
    run.figure("nodes", bench.cluster().nodes().size());
    run.check(
        seconds <= READY_LIMIT.toSeconds(), "ready after " + seconds + " s, which is too long");
    release.awaitMirrored();
  }

  private static double secondsSince(long start) {
    return Math.round((System.nanoTime() - start) / 1e8) / 10.0;
  }

  private static void effective(ClusterBench bench, CaseRun run) throws Exception {
    TarnRelease release = bench.release();
    release.awaitMirrored();
    KubeCluster cluster = bench.cluster();
    Cargo cargo = Cargo.in(run.workspace(), cluster.upstream());
    String image = cargo.push("install/try", "1", cargo.waiting(cargo.layer(LAYER_BYTES)));
    Workload workload =
        Workload.perNode(cluster.api(), bench.namespace(run), "try", PodPlan.of(image));
    workload.awaitReady(PATIENCE);
    long start = System.nanoTime();
    for (String node : cluster.nodes()) {
      Await.until(
          "the agent on " + node + " has seen a pull come to Tarn",
          PATIENCE,
          () -> release.says(node, "effective") || release.says(node, "ineffective"));
      run.check(
          !release.says(node, "ineffective"),
          node + " is ineffective: " + release.logs(node, "agent"));
    }
    run.figure("effectiveSeconds", secondsSince(start));
  }

  private static void test(ClusterBench bench, CaseRun run) throws Exception {
    Child.Finished finished = bench.release().test().orFail();
    run.check(
        finished.output().contains("Phase:") && finished.output().contains("Succeeded"),
        finished.output());
    run.check(
        finished.output().lines().noneMatch(line -> line.matches("(?i).*\\berror\\b.*")),
        finished.output());
  }
}
