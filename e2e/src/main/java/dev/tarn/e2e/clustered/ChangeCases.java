package dev.tarn.e2e.clustered;

import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.http.Exchange;
import dev.tarn.e2e.image.Blob;
import dev.tarn.e2e.image.Image;
import dev.tarn.e2e.image.Layer;
import dev.tarn.e2e.laptop.ContainerdVersion;
import dev.tarn.e2e.laptop.LaptopCluster;
import dev.tarn.e2e.laptop.Machine;
import dev.tarn.e2e.laptop.MachinePlan;
import dev.tarn.e2e.laptop.TarnRelease;
import dev.tarn.e2e.laptop.Upstream;
import dev.tarn.e2e.node.Metrics;
import dev.tarn.e2e.run.Case;
import dev.tarn.e2e.run.CaseRun;
import java.time.Duration;
import java.util.List;

/** Nodes come and go while pods start. */
final class ChangeCases {
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final long COMMON_BYTES = 24_000_000;
  private static final long OWN_BYTES = 4_000_000;
  private static final int REPLICAS = 6;

  /** A node that keeps its word by the API server's, but is gone: until it is forgotten. */
  private static final Duration FORGOTTEN = Duration.ofMinutes(2);

  private ChangeCases() {}

  static List<Case<ClusterBench>> all() {
    return List.of(
        Case.of(
            "a new node joins while a rollout runs: it gets Tarn, and its pods start",
            ChangeCases::joins),
        Case.of("a node leaves for good: the others go on, and forget it", ChangeCases::leaves));
  }

  private static void joins(ClusterBench bench, CaseRun run) throws Exception {
    LaptopCluster cluster = bench.laptop();
    TarnRelease release = bench.release();
    LateNode late = LateNode.of(run, cluster);
    String namespace = bench.namespace(run);
    ColdPods pods = ColdPods.in(bench, run, namespace);
    Cargo cargo = pods.cargo();
    Layer base = cargo.layer(COMMON_BYTES);
    Image first = cargo.waiting(base, cargo.layer(OWN_BYTES));
    Image second = cargo.waiting(cargo.layer(COMMON_BYTES), cargo.layer(OWN_BYTES));
    String before = cargo.push("rollout", namespace + "-1", first);
    String after = cargo.push("rollout", namespace + "-2", second);
    Workload rolled =
        Workload.deployment(cluster.api(), namespace, "rolled", REPLICAS, PodPlan.of(before));
    Workload everywhere =
        Workload.perNode(cluster.api(), namespace, "everywhere", PodPlan.of(before));
    rolled.awaitReady(PATIENCE);
    everywhere.awaitReady(PATIENCE);

    long start = System.nanoTime();
    late.start(new MachinePlan("node-late", ContainerdVersion.V1_7, "zone-b"));
    rolled.roll(after);
    everywhere.roll(after);
    Machine joined = late.await();
    run.figure("node_ready_s", secondsSince(start));
    release.awaitReady();
    run.figure("tarn_ready_s", secondsSince(start));
    everywhere.awaitReady(PATIENCE);
    rolled.awaitReady(PATIENCE);
    run.figure("rolled_out_s", secondsSince(start));
    checkCopies(run, cluster.upstream(), second);

    NodeTarn.awaitEntries(cluster.machines());
    pods.start(joined.name());
    Await.until(
        "the agent of " + joined.name() + " says that its Tarn is used",
        PATIENCE,
        () -> isEffective(release, joined));
    run.check(
        release.metrics(joined.name()).sum("tarn_misses_total", "kind=\"blob\"") > 0,
        "no blob came through the new node's Tarn");
    run.figure("effective_s", secondsSince(start));
    awaitMembers(release, cluster.machines(), cluster.machines().size());
    run.figure("known_s", secondsSince(start));
  }

  private static double secondsSince(long start) {
    return Math.round((System.nanoTime() - start) / 1e8) / 10.0;
  }

  /** Nodes' Tarns share one copy; a containerd that has no Tarn yet, as on a new node, fetches. */
  private static void checkCopies(CaseRun run, Upstream upstream, Image image) {
    Blob blob = image.biggest();
    double direct = copies(upstream, blob, true);
    double shared = copies(upstream, blob, false);
    run.figure("copies_by_tarns", shared);
    run.figure("copies_by_containerds", direct);
    run.check(shared < 1.5, "Tarns fetched " + shared + " copies of one blob");
    run.check(direct < 1.5, "containerds fetched " + direct + " copies of one blob, past Tarn");
  }

  private static double copies(Upstream upstream, Blob blob, boolean byContainerd) {
    long bytes =
        upstream.traffic().all().stream()
            .filter(exchange -> exchange.reference().equals(blob.digest()))
            .filter(exchange -> isContainerds(exchange) == byContainerd)
            .mapToLong(Exchange::bytes)
            .sum();
    return Math.round(100.0 * bytes / blob.size()) / 100.0;
  }

  /** Whether a containerd asked by itself, past Tarn. */
  static boolean isContainerds(Exchange exchange) {
    return exchange.header("User-Agent").orElse("").startsWith("containerd/");
  }

  private static boolean isEffective(TarnRelease release, Machine machine) {
    return release
            .metrics(machine.name())
            .sum("containerd_config_agent_verdict", "verdict=\"effective\"")
        == 1;
  }

  /** Waits until each of these nodes' Tarns knows so many, itself too. */
  private static void awaitMembers(TarnRelease release, List<Machine> machines, int members)
      throws Exception {
    for (Machine machine : machines) {
      Await.until(
          machine.name() + " knows " + members + " members",
          FORGOTTEN,
          () -> {
            Metrics metrics = release.metrics(machine.name());
            return metrics.sum("tarn_members") == members
                && metrics.sum("tarn_members", "state=\"ready\"") == members;
          });
    }
  }

  private static void leaves(ClusterBench bench, CaseRun run) throws Exception {
    LaptopCluster cluster = bench.laptop();
    TarnRelease release = bench.release();
    LateNode late = LateNode.of(run, cluster);
    String namespace = bench.namespace(run);
    ColdPods pods = ColdPods.in(bench, run, namespace);
    Shipments shipments = Shipments.in(cluster, run);
    List<Machine> others = cluster.machines();
    Machine leaving = late.join(new MachinePlan("node-short", ContainerdVersion.V2_2, "zone-a"));
    release.awaitReady();
    NodeTarn.awaitEntries(cluster.machines());
    awaitMembers(release, cluster.machines(), others.size() + 1);
    // What it alone has, the others may be told to fetch from it.
    Shipments.Shipment held = shipments.push(COMMON_BYTES);
    Shipments.Shipment heldToo = shipments.push(COMMON_BYTES);
    held.pull(leaving);
    heldToo.pull(leaving);
    Image image = pods.cargo().waiting(pods.cargo().layer(OWN_BYTES));
    Workload workload =
        Workload.deployment(
            cluster.api(),
            namespace,
            "moving",
            others.size() + 1,
            PodPlan.of(pods.cargo().push("moving", namespace, image)));
    workload.awaitReady(PATIENCE);

    cluster
        .kubectl(
            "drain",
            leaving.name(),
            "--ignore-daemonsets",
            "--delete-emptydir-data",
            "--force",
            "--timeout=60s")
        .orFail();
    long start = System.nanoTime();
    cluster.leave(leaving);
    long slowestMillis = 0;
    for (Machine machine : others) {
      long began = System.nanoTime();
      (machine == others.getFirst() ? held : heldToo).pull(machine);
      slowestMillis = Math.max(slowestMillis, (System.nanoTime() - began) / 1_000_000);
      pods.start(machine.name());
    }
    run.figure("slowest_pull_ms", slowestMillis);
    workload.awaitReady(PATIENCE);
    awaitMembers(release, others, others.size());
    run.figure("forgotten_s", secondsSince(start));
    release.awaitReady();
    pods.figures(run);
  }
}
