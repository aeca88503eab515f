package dev.tarn.e2e.clustered;

import dev.tarn.e2e.image.Image;
import dev.tarn.e2e.image.Layer;
import dev.tarn.e2e.kube.KubeApi;
import dev.tarn.e2e.kube.Trees;
import dev.tarn.e2e.laptop.KubeCluster;
import dev.tarn.e2e.prometheus.PrometheusServer;
import dev.tarn.e2e.run.Case;
import dev.tarn.e2e.run.CaseRun;
import dev.tarn.e2e.run.Need;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a real Prometheus has of the nodes, against what the upstream registry wrote down. */
final class PrometheusCases {
  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final long MIB = 1L << 20;

  /** What is fetched in one piece, however many want it: 4 MiB at most. */
  private static final long CHUNK = 4_000_000;

  private static final int ADMIN_PORT = 5052;

  /** What sums may differ by. */
  private static final double TOLERANCE = 0.01;

  private PrometheusCases() {}

  static List<Case<ClusterBench>> cases() {
    return List.of(
        new Case<>(
            "Prometheus scrapes every node, and its sums are those of upstream's log",
            List.of(Need.debian("prometheus", "prometheus")),
            PrometheusCases::sums));
  }

  private static void sums(ClusterBench bench, CaseRun run) throws Exception {
    bench.release().awaitMirrored();
    run.workspace().own(() -> bench.dropImages(reference -> reference.contains("/sums/")));
    String namespace = bench.namespace(run);
    KubeCluster cluster = bench.cluster();
    KubeApi api = cluster.api();
    List<String> nodes = cluster.nodes();
    PrometheusServer prometheus = PrometheusServer.start(run.workspace(), targets(api));
    Ledger ledger = new Ledger(prometheus, cluster.upstream(), nodes.size());

    // Alone: all of it comes from upstream.
    Cargo cargo = Cargo.in(run.workspace().child("first"), cluster.upstream());
    Image first = cargo.waiting(cargo.layer(40 * MIB), cargo.layer(9 * MIB), cargo.layer(MIB));
    PodPlan pods = PodPlan.of(cargo.push("sums/first", "1", first));
    ledger.begin();
    Workload alone = Workload.deployment(api, namespace, "alone", 1, pods.on(nodes.getFirst()));
    alone.awaitReady(START_LIMIT);
    Ledger.Entry fromUpstream = ledger.end("one node");
    run.figure("log_bytes_alone", fromUpstream.logBytes());
    checkNear(
        run,
        "alone: fetched from upstream",
        fromUpstream.logBytes(),
        fromUpstream.sum("fetched", "upstream"));
    checkNear(run, "alone: served", weight(first), fromUpstream.total("served"));
    run.checkEquals("alone: blobs in the log", first.blobs().size(), fromUpstream.logBlobs());
    run.checkEquals(
        "alone: misses answered by upstream",
        first.blobs().size(),
        fromUpstream.sum("misses", "upstream"));
    run.checkEquals("alone: fetched from peers", 0, fromUpstream.sum("fetched", "peer"));

    // Then the others: all of it comes from the first.
    ledger.begin();
    Workload everywhere = Workload.perNode(api, namespace, "everywhere", pods);
    everywhere.awaitReady(START_LIMIT);
    Ledger.Entry fromPeers = ledger.end("the others");
    int others = nodes.size() - 1;
    checkNear(
        run,
        "others: fetched from upstream",
        fromPeers.logBytes(),
        fromPeers.sum("fetched", "upstream"));
    run.checkEquals("others: blobs in the log", 0, fromPeers.logBlobs());
    checkNear(
        run, "others: fetched from peers", others * first.size(), fromPeers.sum("fetched", "peer"));
    checkNear(run, "others: served", others * weight(first), fromPeers.total("served"));
    run.checkEquals(
        "others: misses answered by peers",
        (long) others * first.blobs().size(),
        fromPeers.sum("misses", "peer"));

    // All at once: from upstream and from each other. In layers of one chunk: of a longer one the
    // stream is cut when others come, and the log has what was still on its way.
    Cargo more = Cargo.in(run.workspace().child("second"), cluster.upstream());
    List<Layer> layers = new ArrayList<>();
    for (int i = 0; i < 14; i++) {
      layers.add(more.layer(CHUNK));
    }
    Image second = more.waiting(layers);
    ledger.begin();
    Workload crowd =
        Workload.perNode(
            api, namespace, "crowd", PodPlan.of(more.push("sums/second", "1", second)));
    crowd.awaitReady(START_LIMIT);
    Ledger.Entry together = ledger.end("all at once");
    run.figure("log_copies_together", rounded((double) together.logBytes() / weight(second)));
    checkNear(
        run,
        "together: fetched from upstream",
        together.logBytes(),
        together.sum("fetched", "upstream"));
    checkNear(run, "together: served", nodes.size() * weight(second), together.total("served"));

    // Again, where containerd lost it: all of it is here.
    alone.delete();
    everywhere.delete();
    bench.dropImages(reference -> reference.contains("/sums/first"));
    ledger.begin();
    Workload again = Workload.deployment(api, namespace, "again", 1, pods.on(nodes.getFirst()));
    again.awaitReady(START_LIMIT);
    Ledger.Entry fromHere = ledger.end("the first again");
    run.checkEquals("again: bytes in the log", 0, fromHere.logBytes());
    run.checkEquals("again: hits on blobs", first.blobs().size(), fromHere.sum("hits", "disk"));
    checkNear(run, "again: served from disk", weight(first), fromHere.sum("served", "disk"));
    run.figure("scraped_nodes", nodes.size());
  }

  /** An image's bytes with its manifest. */
  private static long weight(Image image) {
    return image.size() + image.manifest().size();
  }

  private static void checkNear(CaseRun run, String what, long expected, long actual) {
    long tolerance = (long) Math.ceil(expected * TOLERANCE);
    run.checkBetween(what, expected - tolerance, expected + tolerance, actual);
  }

  private static double rounded(double value) {
    return Math.round(value * 1_000) / 1e3;
  }

  /** Where each node's Tarn is scraped. */
  static List<String> targets(KubeApi api) {
    List<String> targets = new ArrayList<>();
    api.list("/api/v1/nodes")
        .forEach(
            node ->
                Trees.list(node, "status.addresses").stream()
                    .filter(address -> Trees.text(address, "type").equals("InternalIP"))
                    .findFirst()
                    .ifPresent(
                        address -> targets.add(Trees.text(address, "address") + ":" + ADMIN_PORT)));
    return targets;
  }
}
