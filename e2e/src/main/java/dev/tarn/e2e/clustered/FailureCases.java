package dev.tarn.e2e.clustered;

import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.cluster.LinkSpeed;
import dev.tarn.e2e.image.Image;
import dev.tarn.e2e.kube.KubeApi;
import dev.tarn.e2e.kube.Trees;
import dev.tarn.e2e.laptop.LaptopCluster;
import dev.tarn.e2e.laptop.Machine;
import dev.tarn.e2e.laptop.TarnRelease;
import dev.tarn.e2e.laptop.Upstream;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Tools;
import dev.tarn.e2e.run.Case;
import dev.tarn.e2e.run.CaseRun;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;

/** Tarn, or what it leans on, fails on nodes where pods are to start. */
final class FailureCases {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);
  private static final LinkSpeed SLOW = new LinkSpeed(60);
  private static final long SLOW_IMAGE_BYTES = 30_000_000;
  private static final long IMAGE_BYTES = 9_000_000;

  private FailureCases() {}

  static List<Case<ClusterBench>> all() {
    return List.of(
        Case.of(
            "a node's Tarn is killed, before pulls and in the middle of them: pods start",
            FailureCases::killed),
        Case.of("a node's Tarn pod is deleted, and evicted: pods start", FailureCases::removed),
        Case.of(
            "a stranger takes the port of a node's Tarn: pods start, and he is shown no password",
            FailureCases::displaced),
        Case.of(
            "the API server is stopped: pulls go on, from upstream and from peers",
            FailureCases::withoutApiServer));
  }

  private static void killed(ClusterBench bench, CaseRun run) throws Exception {
    awaitBack(bench);
    ColdPods pods = ColdPods.in(bench, run);
    Upstream upstream = bench.cluster().upstream();
    List<Machine> machines = bench.laptop().machines();
    for (Machine machine : machines) {
      NodeTarn.kill(machine);
      pods.start(machine.name());
    }
    run.figure("slowest_after_s", pods.slowestSeconds());
    awaitBack(bench);
    upstream.limit(SLOW);
    try {
      for (Machine machine : machines) {
        pods.startAnd(machine.name(), SLOW_IMAGE_BYTES, () -> NodeTarn.kill(machine));
      }
    } finally {
      upstream.unlimited();
    }
    awaitBack(bench);
    pods.figures(run);
    pods.checkSomeDirect(run);
  }

  private static void awaitBack(ClusterBench bench) throws Exception {
    bench.release().awaitReady();
    NodeTarn.awaitEntries(bench.laptop().machines());
  }

  private static void removed(ClusterBench bench, CaseRun run) throws Exception {
    TarnRelease release = bench.release();
    ColdPods pods = ColdPods.in(bench, run);
    KubeApi api = bench.cluster().api();
    double longest = 0;
    for (Machine machine : bench.laptop().machines()) {
      longest =
          Math.max(longest, awayBy(() -> delete(api, release, machine), bench, pods, machine));
      longest = Math.max(longest, awayBy(() -> evict(api, release, machine), bench, pods, machine));
    }
    pods.figures(run);
    pods.checkSomeDirect(run);
    run.figure("longest_away_s", Math.round(longest * 10) / 10.0);
  }

  /** Starts pods until the node has another Tarn that is ready; for how many seconds it had not. */
  private static double awayBy(Runnable removal, ClusterBench bench, ColdPods pods, Machine machine)
      throws Exception {
    TarnRelease release = bench.release();
    String before = Trees.text(release.pod(machine.name()), "metadata.uid");
    removal.run();
    long start = System.nanoTime();
    do {
      pods.start(machine.name());
      if (System.nanoTime() - start > PATIENCE.toNanos()) {
        throw new CaseFailed("no new Tarn on " + machine.name());
      }
    } while (!hasOtherPod(release, machine, before));
    double seconds = (System.nanoTime() - start) / 1e9;
    awaitBack(bench);
    pods.start(machine.name());
    return seconds;
  }

  private static boolean hasOtherPod(TarnRelease release, Machine machine, String before) {
    try {
      return !Trees.text(release.pod(machine.name()), "metadata.uid").equals(before)
          && podIsReady(release, machine);
    } catch (CaseFailed none) {
      return false;
    }
  }

  private static boolean podIsReady(TarnRelease release, Machine machine) {
    return Trees.list(release.pod(machine.name()), "status.conditions").stream()
        .anyMatch(
            condition ->
                Trees.text(condition, "type").equals("Ready")
                    && Trees.text(condition, "status").equals("True"));
  }

  private static void delete(KubeApi api, TarnRelease release, Machine machine) {
    api.delete(path(release, machine)).orFail();
  }

  private static void evict(KubeApi api, TarnRelease release, Machine machine) {
    api.create(
            path(release, machine) + "/eviction",
            "{apiVersion: policy/v1, kind: Eviction, metadata: {name: %s}}"
                .formatted(Trees.text(release.pod(machine.name()), "metadata.name")))
        .orFail();
  }

  private static String path(TarnRelease release, Machine machine) {
    return "/api/v1/namespaces/%s/pods/%s"
        .formatted(release.namespace(), Trees.text(release.pod(machine.name()), "metadata.name"));
  }

  private static void displaced(ClusterBench bench, CaseRun run) throws Exception {
    var _ = bench.release();
    String namespace = bench.namespace(run);
    ColdPods pods = ColdPods.in(bench, run, namespace);
    PullSecret.create(bench.cluster(), namespace, "reader");
    long slowestMillis = 0;
    for (Machine machine : bench.laptop().machines()) {
      try (Child stranger = machine.start("stranger", program(), "squat", NodeTarn.REGISTRY)) {
        NodeTarn.kill(machine);
        long start = System.nanoTime();
        Await.until(
            "the stranger has the port; " + stranger.tail(),
            PATIENCE,
            () -> stranger.output().contains("here"));
        // Before and after the agent has seen who it is.
        pods.start(machine.name());
        Await.until(
            "the entries on " + machine.name() + " are withdrawn",
            PATIENCE,
            () -> !NodeTarn.hasEntry(machine));
        slowestMillis = Math.max(slowestMillis, (System.nanoTime() - start) / 1_000_000);
        pods.start(machine.name());
        Image image = pods.cargo().waiting(pods.cargo().layer(IMAGE_BYTES));
        pods.start(
            machine.name(),
            pods.cargo().pushGuarded("guarded-" + machine.name(), namespace, image),
            "reader");
        run.check(
            !stranger.output().contains("shown"),
            "the stranger was shown a password: " + stranger.output());
        stranger.kill();
      }
    }
    awaitBack(bench);
    for (Machine machine : bench.laptop().machines()) {
      pods.start(machine.name());
    }
    pods.figures(run);
    pods.checkSomeDirect(run);
    run.figure("withdrawn_ms", slowestMillis);
  }

  private static String program() {
    return Tools.build("pod").resolve("pod").toString();
  }

  private static void withoutApiServer(ClusterBench bench, CaseRun run) throws Exception {
    LaptopCluster cluster = bench.laptop();
    var _ = bench.release();
    awaitBack(bench);
    Shipments shipments = Shipments.in(cluster, run);
    List<Machine> machines = cluster.machines();
    Machine first = machines.getFirst();
    Machine second = machines.get(1);
    Shipments.Shipment known = shipments.push(IMAGE_BYTES);
    Shipments.Shipment knownToo = shipments.push(IMAGE_BYTES);
    known.pull(first);
    knownToo.pull(first);
    cluster.plane().stopApiServer();
    long start = System.nanoTime();
    try {
      for (Machine machine : machines) {
        shipments.push(IMAGE_BYTES).pull(machine);
      }
      pullFromPeers(bench, run, known, second);
      // One that starts anew knows the others from its disk.
      long before = NodeTarn.pid(second);
      NodeTarn.kill(second);
      shipments.push(IMAGE_BYTES).pull(second);
      Await.until(
          "Tarn is back without the API server",
          PATIENCE,
          BETWEEN_LOOKS,
          () -> hasOtherServer(bench, second, before) && NodeTarn.hasEntry(second));
      pullFromPeers(bench, run, knownToo, second);
    } finally {
      run.figure("without_api_server_s", (System.nanoTime() - start) / 1_000_000_000);
      cluster.plane().startApiServer();
    }
    awaitBack(bench);
    pullFromPeers(bench, run, knownToo, machines.getLast());
    run.figure("pulls", shipments.pulls());
  }

  /** Whether another server than that process is ready there. */
  private static boolean hasOtherServer(ClusterBench bench, Machine machine, long before) {
    try {
      return NodeTarn.pid(machine) != before
          && bench.cluster().page(machine.name(), 5052, "/readyz").startsWith("ok");
    } catch (CaseFailed | UncheckedIOException notYet) {
      return false;
    }
  }

  /** Pulls where nobody has it, which must cost upstream nothing. */
  private static void pullFromPeers(
      ClusterBench bench, CaseRun run, Shipments.Shipment shipment, Machine machine) {
    Upstream upstream = bench.cluster().upstream();
    long before = upstream.traffic().bytes(shipment.image().biggest().digest());
    shipment.pull(machine);
    long sent = upstream.traffic().bytes(shipment.image().biggest().digest()) - before;
    run.checkEquals("what upstream sent of an image that a peer has", 0, sent);
  }
}
