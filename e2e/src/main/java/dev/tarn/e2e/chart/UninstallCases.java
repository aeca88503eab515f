package dev.tarn.e2e.chart;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.kube.HollowNode;
import dev.tarn.e2e.kube.Inventory;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Ports;
import dev.tarn.e2e.run.Case;
import dev.tarn.e2e.run.CaseRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What helm uninstall takes back on nodes, and how it ends where it cannot. */
final class UninstallCases {
  /** What the Job is given, and what helm needs besides. */
  private static final int SECONDS = 10;

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String ENTRY = "etc/containerd/certs.d/quay.io/hosts.toml";

  private UninstallCases() {}

  static List<Case<ChartBench>> all() {
    return List.of(
        Case.of(
            "uninstall: an entry that a killed agent left is taken back",
            UninstallCases::takesBack),
        Case.of(
            "uninstall: a node that is not reached is named, and holds up nobody",
            UninstallCases::notReached),
        Case.of("uninstall: pods that are refused hold up nobody", UninstallCases::refused),
        Case.of(
            "uninstall: the cache goes where that is asked for, and stays otherwise",
            UninstallCases::cache));
  }

  private static void takesBack(ChartBench bench, CaseRun run) throws Exception {
    ChartCluster cluster = bench.cluster();
    String namespace = cluster.namespace(run, "privileged");
    Inventory inventory = Inventory.of(cluster.api());
    Set<String> before = inventory.now();
    HollowNode node = cluster.nodes().getFirst();
    cluster.install(namespace, "peers.enabled=false", "ports.registry=" + Ports.free()).orFail();
    cluster.awaitReady(namespace, ChartCluster.RELEASE);
    Path entry = entryOfAnAgent(cluster, namespace, node);
    run.check(Files.exists(entry), "no entry was written");

    Child.Finished finished = uninstall(cluster, namespace).orFail();

    run.check(!Files.exists(entry), "the entry is still there");
    run.check(
        finished.output().contains("taken back on 3 nodes"), "helm said " + finished.output());
    run.check(warnings(cluster, namespace).isEmpty(), "" + warnings(cluster, namespace));
    ReleaseCases.awaitSame(inventory, before);
  }

  /**
   * A real server and a real agent on a node, until there is an entry; then the agent is killed.
   */
  private static Path entryOfAnAgent(ChartCluster cluster, String namespace, HollowNode node)
      throws Exception {
    JsonNode pod = cluster.nodePod(namespace, node);
    Path entry = node.disk().resolve(ENTRY);
    String admin = "127.0.0.1:" + Ports.free();
    try (Child server = cluster.kubelet().run(pod, "tarn", Map.of("TARN_ADMIN_LISTEN", admin));
        Child agent = cluster.kubelet().run(pod, "agent", Map.of())) {
      Await.until(
          "the agent writes its entry",
          PATIENCE,
          () -> Files.exists(entry) || !server.alive() || !agent.alive());
      agent.kill();
    }
    return entry;
  }

  private static void notReached(ChartBench bench, CaseRun run) throws Exception {
    ChartCluster cluster = bench.cluster();
    String namespace = cluster.namespace(run, "privileged");
    Inventory inventory = Inventory.of(cluster.api());
    Set<String> before = inventory.now();
    cluster.install(namespace, "uninstall.seconds=" + SECONDS).orFail();
    cluster.awaitReady(namespace, ChartCluster.RELEASE);
    HollowNode away = cluster.nodes().getLast();
    cluster.kubelet().switchOff(away);

    long start = System.nanoTime();
    Child.Finished finished = uninstall(cluster, namespace).orFail();
    long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();

    run.checkBetween("seconds", SECONDS, SECONDS + 20, seconds);
    run.check(
        finished.output().contains("taken back on 2 nodes")
            && finished.output().contains("  " + away.name() + ": "),
        "helm said " + finished.output());
    run.check(
        warnings(cluster, namespace).stream().anyMatch(each -> each.contains(away.name())),
        "no event names it: " + warnings(cluster, namespace));
    cluster.kubelet().switchOn(away);
    ReleaseCases.awaitSame(inventory, before);
    run.figure("seconds", seconds);
  }

  /** As in a namespace whose label was changed since. */
  private static void refused(ChartBench bench, CaseRun run) throws Exception {
    ChartCluster cluster = bench.cluster();
    String namespace = cluster.namespace(run, "baseline");
    Inventory inventory = Inventory.of(cluster.api());
    Set<String> before = inventory.now();
    cluster.install(namespace, "uninstall.seconds=" + SECONDS).orFail();

    Child.Finished finished = uninstall(cluster, namespace).orFail();

    run.check(
        finished.output().contains("3 pods could not be made"), "helm said " + finished.output());
    ReleaseCases.awaitSame(inventory, before);
  }

  private static void cache(ChartBench bench, CaseRun run) throws Exception {
    ChartCluster cluster = bench.cluster();
    String namespace = cluster.namespace(run, "privileged");
    for (boolean removed : List.of(false, true)) {
      cluster.install(namespace, "uninstall.removeCache=" + removed).orFail();
      cluster.awaitReady(namespace, ChartCluster.RELEASE);
      for (HollowNode node : cluster.nodes()) {
        Path cache = node.disk().resolve("var/lib/tarn");
        Files.createDirectories(cache.resolve("blobs/sha256"));
        Files.writeString(cache.resolve("lock"), "");
      }
      uninstall(cluster, namespace).orFail();
      cluster.awaitNoPods(namespace);
      for (HollowNode node : cluster.nodes()) {
        Path cache = node.disk().resolve("var/lib/tarn");
        run.check(Files.exists(cache) != removed, cache + " with removeCache " + removed);
        run.check(Files.exists(node.disk().resolve("var/lib")), "more than the cache is gone");
      }
    }
  }

  private static Child.Finished uninstall(ChartCluster cluster, String namespace) {
    return cluster.helm(namespace, "uninstall", ChartCluster.RELEASE);
  }

  /** What operators see of it. */
  private static List<String> warnings(ChartCluster cluster, String namespace) throws Exception {
    Await.until("events are listed", PATIENCE, () -> !cluster.messages(namespace).isEmpty());
    return cluster.messages(namespace).stream()
        .filter(message -> message.startsWith("Tarn was not taken back"))
        .toList();
  }
}
