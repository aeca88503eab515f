package dev.tarn.e2e.clustered;

import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.http.Exchange;
import dev.tarn.e2e.image.Image;
import dev.tarn.e2e.laptop.KubeCluster;
import dev.tarn.e2e.laptop.Machine;
import dev.tarn.e2e.run.Case;
import dev.tarn.e2e.run.CaseRun;
import dev.tarn.e2e.run.Need;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What {@code helm uninstall} leaves of Tarn: nothing. The last cases. */
final class UninstallCases {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int LAYER_BYTES = 8 << 20;
  private static final String PORTS = "505[0-3]";

  private UninstallCases() {}

  static List<Case<ClusterBench>> all(List<Need> machines) {
    return List.of(
        Case.of("helm uninstall: no object is left, and pulls go directly", UninstallCases::direct),
        new Case<>(
            "helm uninstall: nodes are byte for byte as before, and nothing runs there",
            machines,
            UninstallCases::asBefore),
        new Case<>(
            "helm uninstall with the cache: that is gone too",
            machines,
            UninstallCases::withCache));
  }

  private static void direct(ClusterBench bench, CaseRun run) throws Exception {
    bench.release().awaitMirrored();
    takeAway(bench, run);
    pullEverywhere(bench, run, true);
  }

  private static void takeAway(ClusterBench bench, CaseRun run) throws Exception {
    long start = System.nanoTime();
    bench.uninstall();
    run.figure("seconds", Math.round((System.nanoTime() - start) / 1e8) / 10.0);
    try {
      Await.until(
          "nothing of the release is left", PATIENCE, () -> bench.before().added().isEmpty());
    } catch (CaseFailed late) {
      throw new CaseFailed("left behind: " + bench.before().added());
    }
  }

  /** A new image for a pod on each node, and who asked upstream for it. */
  private static void pullEverywhere(ClusterBench bench, CaseRun run, boolean directly)
      throws Exception {
    KubeCluster cluster = bench.cluster();
    Cargo cargo = Cargo.in(run.workspace(), cluster.upstream());
    Image image = cargo.waiting(cargo.layer(LAYER_BYTES));
    String reference = cargo.push("uninstall/try", "1", image);
    Workload workload =
        Workload.perNode(cluster.api(), bench.namespace(run), "try", PodPlan.of(reference));
    workload.awaitReady(PATIENCE);
    List<Exchange> asked =
        cluster.upstream().traffic().all().stream()
            .filter(exchange -> exchange.reference().equals(image.biggest().digest()))
            .toList();
    Set<String> others = Set.of();
    if (directly) {
      run.checkEquals("copies, one a node", cluster.nodes().size(), asked.size());
      others =
          asked.stream()
              .map(exchange -> exchange.header("User-Agent").orElse(""))
              .filter(agent -> !agent.startsWith("containerd/"))
              .collect(Collectors.toSet());
    }
    run.check(others.isEmpty(), "upstream was asked by " + others);
  }

  private static void asBefore(ClusterBench bench, CaseRun run) throws Exception {
    bench.release().awaitMirrored();
    pullEverywhere(bench, run, false);
    takeAway(bench, run);
    for (Machine machine : bench.laptop().machines()) {
      List<String> differences = bench.before().differencesBesidesCache(machine);
      run.check(differences.isEmpty(), machine.name() + ": " + String.join("\n", differences));
      run.check(
          Files.exists(machine.path("/var/lib/tarn")),
          machine.name() + ": the cache is gone, though nobody asked for that");
      checkNothingRuns(run, machine);
    }
  }

  private static void checkNothingRuns(CaseRun run, Machine machine) throws Exception {
    String ports = machine.run("ss", "-Hltn").orFail().output();
    run.check(
        ports.lines().noneMatch(line -> line.matches(".*:" + PORTS + " .*")),
        machine.name() + " listens: " + ports);
    Await.until(
        "no container of " + ClusterBench.NAMESPACE + " is left on " + machine.name(),
        PATIENCE,
        () ->
            machine
                .crictl(
                    "ps",
                    "--all",
                    "--quiet",
                    "--label",
                    "io.kubernetes.pod.namespace=" + ClusterBench.NAMESPACE)
                .orFail()
                .output()
                .isBlank());
  }

  private static void withCache(ClusterBench bench, CaseRun run) throws Exception {
    bench.uninstall();
    bench.install("uninstall.removeCache=true").awaitMirrored();
    pullEverywhere(bench, run, false);
    takeAway(bench, run);
    for (Machine machine : bench.laptop().machines()) {
      List<String> differences = bench.before().differences(machine);
      run.check(differences.isEmpty(), machine.name() + ": " + String.join("\n", differences));
    }
  }
}
