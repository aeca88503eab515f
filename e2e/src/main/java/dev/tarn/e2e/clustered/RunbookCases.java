package dev.tarn.e2e.clustered;

import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.cluster.Site;
import dev.tarn.e2e.kube.Trees;
import dev.tarn.e2e.laptop.LaptopCluster;
import dev.tarn.e2e.laptop.Machine;
import dev.tarn.e2e.laptop.Upstream;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.run.Case;
import dev.tarn.e2e.run.CaseRun;
import dev.tarn.e2e.run.Need;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * Sections of docs/operations.md, gone through: what an alert says is wrong is made so, the alert
 * comes, what the section says to look at shows it, and what it says to do ends it.
 */
final class RunbookCases {
  private static final String ENTRIES = "/etc/containerd/certs.d";
  private static final String ENTRY = "hosts.toml";
  private static final String FOREIGN = "quay.io";
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final long IMAGE_BYTES = 1_000_000;
  private static final int KILLS = 3;
  private static final int TIMES_UNDONE = 2;
  private static final int STRANGERS = 40;

  /** More than the 1024 that the registry endpoint lets in. */
  private static final int CROWD = 1_200;

  private RunbookCases() {}

  static List<Case<ClusterBench>> all() {
    Need prometheus = Need.debian("prometheus", "prometheus");
    return List.of(
        runbook("a registry left alone", RunbookCases::leftAlone, prometheus),
        runbook("entries contested", RunbookCases::contested, prometheus),
        runbook("peers unreachable", RunbookCases::unreachable, prometheus),
        runbook(
            "handshakes failing",
            RunbookCases::strangers,
            prometheus,
            Need.debian("openssl", "openssl")),
        runbook("stale answers", RunbookCases::stale, prometheus),
        runbook("connections refused", RunbookCases::crowd, prometheus),
        runbook("restarting, and down meanwhile", RunbookCases::restarting, prometheus));
  }

  private static Case<ClusterBench> runbook(
      String what, Case.Body<ClusterBench> body, Need... needs) {
    return new Case<>("runbook: " + what, List.of(needs), body);
  }

  private static Machine last(ClusterBench bench) {
    return bench.laptop().machines().getLast();
  }

  private static void leftAlone(ClusterBench bench, CaseRun run) throws Exception {
    bench.release().awaitMirrored();
    Alerts alerts = Alerts.over(bench, run);
    Machine machine = last(bench);
    Path entry = machine.path(ENTRIES).resolve(FOREIGN).resolve(ENTRY);
    run.workspace().own(() -> Files.deleteIfExists(entry));
    Files.writeString(
        entry,
        """
        server = "https://quay.io"

        [host."https://quay.io"]
          client = "/etc/ssl/quay.pem"
        """);
    alerts.awaitRaised("TarnRegistryLeftAlone", "registry", FOREIGN);
    awaitLog(bench, machine, "agent", "left_alone");
    Files.delete(entry);
    alerts.awaitOver("TarnRegistryLeftAlone", "registry", FOREIGN);
    awaitOurs(entry);
  }

  private static void contested(ClusterBench bench, CaseRun run) throws Exception {
    bench.release().awaitMirrored();
    Alerts alerts = Alerts.over(bench, run);
    Machine machine = last(bench);
    List<Path> entries = entriesOfTarnAlone(machine);
    for (int time = 0; time < TIMES_UNDONE; time++) {
      for (Path entry : entries) {
        awaitOurs(entry);
        Files.delete(entry);
      }
    }
    alerts.awaitRaised("TarnEntriesContested", "instance", Alerts.target(machine));
    awaitLog(bench, machine, "agent", "corrected");
    for (Path entry : entries) {
      awaitOurs(entry);
    }
    run.figure("entries", entries.size());
  }

  /**
   * Those of public registries, which the node has only for Tarn's sake. What the cluster's own
   * registry has is the node's, with Tarn's lines in it: deleted, it would be gone for good.
   */
  private static List<Path> entriesOfTarnAlone(Machine machine) throws IOException {
    Path root = machine.path(ENTRIES);
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(file -> file.endsWith(ENTRY))
          .filter(file -> !root.relativize(file).toString().contains(":"))
          .toList();
    }
  }

  private static void awaitOurs(Path entry) throws Exception {
    Await.until(
        entry + " is Tarn's",
        PATIENCE,
        () -> Files.exists(entry) && Files.readString(entry).contains(NodeTarn.REGISTRY));
  }

  private static void unreachable(ClusterBench bench, CaseRun run) throws Exception {
    bench.release().awaitPeers();
    Alerts alerts = Alerts.over(bench, run);
    LaptopCluster cluster = bench.laptop();
    Machine deaf = last(bench);
    Machine asks = cluster.machines().getFirst();
    Shipments shipments = Shipments.in(cluster, run);
    List<Site> others =
        cluster.machines().stream().filter(each -> each != deaf).map(Machine::site).toList();
    others.forEach(other -> deaf.site().ignore(other, true));
    try {
      alerts.awaitRaised(
          "TarnPeersAvoided",
          "instance",
          Alerts.target(asks),
          () -> shipments.push(IMAGE_BYTES).pull(asks));
      awaitLog(bench, asks, "tarn", "peer_unreachable");
    } finally {
      others.forEach(other -> deaf.site().ignore(other, false));
    }
    alerts.awaitOver("TarnPeersAvoided", "instance", Alerts.target(asks));
  }

  private static void strangers(ClusterBench bench, CaseRun run) throws Exception {
    bench.release().awaitPeers();
    Alerts alerts = Alerts.over(bench, run);
    Machine dialled = last(bench);
    Machine from = bench.laptop().machines().getFirst();
    String line = dialled.address() + ":5051";
    alerts.awaitRaised(
        "TarnHandshakesFailing",
        "instance",
        Alerts.target(dialled),
        () ->
            from.run(
                "bash",
                "-c",
                "for i in $(seq %d); do openssl s_client -connect %s < /dev/null; done"
                    .formatted(STRANGERS, line)));
    awaitLog(bench, dialled, "tarn", "peer_handshake_failed");
  }

  private static void stale(ClusterBench bench, CaseRun run) throws Exception {
    bench.release().awaitMirrored();
    Alerts alerts = Alerts.over(bench, run);
    LaptopCluster cluster = bench.laptop();
    Upstream upstream = cluster.upstream();
    Machine machine = last(bench);
    Shipments.Shipment known = Shipments.in(cluster, run).push(IMAGE_BYTES);
    known.pull(machine);
    upstream.stop();
    try {
      alerts.awaitRaised(
          "TarnStaleAnswers", "registry", upstream.host(), () -> known.pull(machine));
      awaitLog(bench, machine, "tarn", "stale_tag_served");
    } finally {
      upstream.start();
    }
    known.pull(machine);
  }

  private static void crowd(ClusterBench bench, CaseRun run) throws Exception {
    bench.release().awaitMirrored();
    Alerts alerts = Alerts.over(bench, run);
    Machine machine = last(bench);
    try (Child _ =
        machine.start(
            "crowd",
            "bash",
            "-c",
            """
            ulimit -n 4096
            while :; do
              for i in $(seq %d); do exec {c}<>/dev/tcp/127.0.0.1/5050; done
              sleep 5
              for c in $(seq 10 %d); do exec {c}>&-; done
            done
            """
                .formatted(CROWD, CROWD + 10))) {
      alerts.awaitRaised("TarnConnectionsRefused", "instance", Alerts.target(machine));
      // They come and go: one look may find them as they go.
      Await.until("ss names who they are of", PATIENCE, () -> ofBash(machine) > CROWD / 2);
    }
    Shipments.in(bench.laptop(), run).push(IMAGE_BYTES).pull(machine);
  }

  /** How many connections to the registry endpoint are of somebody who is called so. */
  private static long ofBash(Machine machine) {
    String sockets = machine.run("ss", "-Htnp", "dport", "=", ":5050").orFail().output();
    return sockets.lines().filter(line -> line.contains("\"bash\"")).count();
  }

  private static void restarting(ClusterBench bench, CaseRun run) throws Exception {
    bench.release().awaitMirrored();
    Alerts alerts = Alerts.over(bench, run);
    Machine machine = last(bench);
    String target = Alerts.target(machine);
    for (int kill = 0; kill < KILLS; kill++) {
      long killed = NodeTarn.pid(machine);
      NodeTarn.kill(machine);
      Await.until("it is started again", PATIENCE, () -> isAnother(machine, killed));
      alerts.awaitScraped(target);
    }
    run.check(alerts.wereRaised("TarnNodeDown", "instance", target), "it was down meanwhile");
    alerts.awaitRaised("TarnRestarting", "instance", target);
    String described =
        bench
            .cluster()
            .kubectl(
                "-n",
                bench.release().namespace(),
                "describe",
                "pod",
                Trees.text(bench.release().pod(machine.name()), "metadata.name"))
            .orFail()
            .output();
    run.check(
        described.contains("Last State:") && described.contains("Exit Code:    137"),
        "describe says how it ended");
    bench.release().awaitReady();
    NodeTarn.awaitEntries(List.of(machine));
  }

  private static boolean isAnother(Machine machine, long killed) {
    try {
      return NodeTarn.pid(machine) != killed;
    } catch (CaseFailed none) {
      return false;
    }
  }

  private static void awaitLog(ClusterBench bench, Machine machine, String container, String event)
      throws Exception {
    Await.until(
        "the log of " + container + " on " + machine.name() + " says " + event,
        PATIENCE,
        () ->
            bench
                .release()
                .logs(machine.name(), container)
                .contains("\"formattedMessage\":\"" + event + "\""));
  }
}
