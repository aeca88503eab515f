package dev.tarn.e2e.clustered;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.cluster.LinkSpeed;
import dev.tarn.e2e.http.Exchange;
import dev.tarn.e2e.http.Traffic;
import dev.tarn.e2e.image.Blob;
import dev.tarn.e2e.image.Image;
import dev.tarn.e2e.kube.KubeApi;
import dev.tarn.e2e.kube.Trees;
import dev.tarn.e2e.laptop.KubeCluster;
import dev.tarn.e2e.laptop.LaptopCluster;
import dev.tarn.e2e.laptop.Upstream;
import dev.tarn.e2e.run.Case;
import dev.tarn.e2e.run.CaseRun;
import dev.tarn.e2e.run.Need;
import java.time.Duration;
import java.util.List;

/** Workloads as anybody has them, whose images come through Tarn. */
final class WorkloadCases {
  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final long MIB = 1L << 20;
  private static final int PORT = 8080;

  /** What the names of repositories begin with. */
  private static final String REPOSITORIES = "work/";

  private static final String SECRET = "pull-secret";

  /**
   * As a real one is: else much of a blob is on its way already when others come for it, and the
   * stream is cut.
   */
  private static final LinkSpeed UPSTREAM = new LinkSpeed(200);

  /** Upstream may send a little more than one copy where several nodes begin at once. */
  private static final double MOST_COPIES = 1.15;

  private WorkloadCases() {}

  static List<Case<ClusterBench>> cases(List<Need> machines) {
    return List.of(
        Case.of("three replicas start, a node each, from one copy", WorkloadCases::replicas),
        Case.of("a workload per node starts from one copy", WorkloadCases::perNode),
        Case.of(
            "a private image starts with its pull secret, and with no other",
            WorkloadCases::withSecret),
        Case.of("a moved tag: pods that always pull have the new content", WorkloadCases::movedTag),
        new Case<>(
            "upstream stopped: scaled up onto nodes that never had the image",
            machines,
            WorkloadCases::neverHad),
        new Case<>(
            "upstream stopped: a node that has not the image any more starts it",
            machines,
            WorkloadCases::upstreamStopped));
  }

  private static void replicas(ClusterBench bench, CaseRun run) throws Exception {
    String namespace = readyNamespace(bench, run);
    KubeCluster cluster = bench.cluster();
    warmUp(cluster, namespace, Cargo.in(run.workspace().child("small"), cluster.upstream()));
    Cargo cargo = Cargo.in(run.workspace(), cluster.upstream());
    Image image = cargo.waiting(cargo.layer(24 * MIB), cargo.layer(12 * MIB), cargo.layer(MIB));
    PodPlan pods = PodPlan.of(cargo.push("work/replicas", "1", image)).apart("replicas");
    int nodes = cluster.nodes().size();
    try (PodWatch watch = PodWatch.of(cluster.api(), namespace)) {
      Workload workload =
          Workload.deployment(cluster.api(), namespace, "replicas", Math.min(3, nodes), pods);
      workload.awaitReady(START_LIMIT);
      noteStarts(run, watch);
    }
    checkCopies(run, cluster.upstream().traffic(), image);
  }

  /** Who has just started is slow, and this case may be the first. */
  private static void warmUp(KubeCluster cluster, String namespace, Cargo cargo) throws Exception {
    Image small = cargo.waiting(cargo.layer(MIB), cargo.layer(MIB));
    PodPlan pods = PodPlan.of(cargo.push("work/small", "1", small));
    Workload workload = Workload.perNode(cluster.api(), namespace, "small", pods);
    workload.awaitReady(START_LIMIT);
    workload.delete();
  }

  private static void perNode(ClusterBench bench, CaseRun run) throws Exception {
    String namespace = readyNamespace(bench, run);
    KubeCluster cluster = bench.cluster();
    Cargo cargo = Cargo.in(run.workspace(), cluster.upstream());
    Image image = cargo.waiting(cargo.layer(24 * MIB), cargo.layer(12 * MIB), cargo.layer(MIB));
    PodPlan pods = PodPlan.of(cargo.push("work/per-node", "1", image));
    try (PodWatch watch = PodWatch.of(cluster.api(), namespace)) {
      Workload workload = Workload.perNode(cluster.api(), namespace, "per-node", pods);
      workload.awaitReady(START_LIMIT);
      run.checkEquals("pods", cluster.nodes().size(), watch.starts().size());
      noteStarts(run, watch);
    }
    checkCopies(run, cluster.upstream().traffic(), image);
  }

  private static void withSecret(ClusterBench bench, CaseRun run) throws Exception {
    String namespace = readyNamespace(bench, run);
    KubeCluster cluster = bench.cluster();
    Upstream upstream = cluster.upstream();
    KubeApi api = cluster.api();
    Cargo cargo = Cargo.in(run.workspace(), upstream);
    Image image = cargo.waiting(cargo.layer(12 * MIB), cargo.layer(MIB));
    PodPlan stranger = PodPlan.of(cargo.pushGuarded("work/private", "1", image)).always();
    PullSecret.create(cluster, namespace, SECRET);

    Workload owners = Workload.perNode(api, namespace, "owners", stranger.withSecret(SECRET));
    owners.awaitReady(START_LIMIT);
    checkCopies(run, upstream.guardedTraffic(), image);
    long sent = upstream.guardedTraffic().blobBytes();

    // Every node's Tarn and every containerd has the bytes now.
    try (PodWatch watch = PodWatch.of(api, namespace)) {
      Workload strangers = Workload.perNode(api, namespace, "strangers", stranger);
      int nodes = cluster.nodes().size();
      Await.until(
          "no node lets a pod without a secret have the image",
          START_LIMIT,
          () -> watch.failedPulls().size() == nodes);
      run.check(
          watch.starts().stream().noneMatch(start -> start.workload().equals(strangers.name())),
          "a pod without a secret started: " + strangers.state());
      run.check(
          watch.failedPulls().stream()
              .allMatch(line -> line.contains("401") || line.contains("auth")),
          "refused for another reason: " + watch.failedPulls());
      run.figure("refused", watch.failedPulls().size());
      strangers.delete();
    }
    owners.restart();
    owners.awaitReady(START_LIMIT);
    run.checkEquals(
        "bytes of blobs that upstream sent a second time",
        0,
        upstream.guardedTraffic().blobBytes() - sent);
  }

  private static void movedTag(ClusterBench bench, CaseRun run) throws Exception {
    String namespace = readyNamespace(bench, run);
    KubeCluster cluster = bench.cluster();
    Cargo cargo = Cargo.in(run.workspace(), cluster.upstream());
    var shared = cargo.layer(6 * MIB);
    Image before = cargo.saying("before", PORT, shared);
    Image after = cargo.saying("after", PORT, shared, cargo.layer(2 * MIB));
    PodPlan pods = PodPlan.of(cargo.push("work/moved", "latest", before)).always();
    Workload workload = Workload.perNode(cluster.api(), namespace, "moved", pods);
    workload.awaitReady(START_LIMIT);
    checkRuns(run, workload, before);

    cargo.push("work/moved", "latest", after);
    workload.restart();
    workload.awaitReady(START_LIMIT);
    checkRuns(run, workload, after);
    for (JsonNode pod : workload.pods()) {
      String name = Trees.text(pod, "metadata.name");
      // The API server is nearer to pods than the harness may be.
      String path = "/api/v1/namespaces/%s/pods/%s:%d/proxy/".formatted(namespace, name, PORT);
      String said = cluster.kubectl("get", "--raw", path).output();
      run.check(said.contains("after"), name + " says " + said);
    }
    checkCopies(run, cluster.upstream().traffic(), after);
  }

  /** Every pod's container is of that image, by its digest. */
  private static void checkRuns(CaseRun run, Workload workload, Image image) {
    for (JsonNode pod : workload.pods()) {
      String runs = Trees.text(pod, "status.containerStatuses.0.imageID");
      run.check(
          runs.endsWith(image.manifest().digest()),
          Trees.text(pod, "metadata.name")
              + " runs "
              + runs
              + ", not "
              + image.manifest().digest());
    }
  }

  private static void upstreamStopped(ClusterBench bench, CaseRun run) throws Exception {
    String namespace = readyNamespace(bench, run);
    LaptopCluster cluster = bench.laptop();
    Upstream upstream = cluster.upstream();
    Cargo cargo = Cargo.in(run.workspace(), upstream);
    Image image = cargo.waiting(cargo.layer(24 * MIB), cargo.layer(MIB));
    PodPlan pods = PodPlan.of(cargo.push("work/grows", "1", image));
    Workload everywhere = Workload.perNode(cluster.api(), namespace, "before", pods);
    everywhere.awaitReady(START_LIMIT);
    everywhere.delete();
    dropImages(bench);

    upstream.stop();
    run.workspace().own(upstream::start);
    int nodes = cluster.nodes().size();
    try (PodWatch watch = PodWatch.of(cluster.api(), namespace)) {
      Workload workload =
          Workload.deployment(cluster.api(), namespace, "grows", 1, pods.apart("grows"));
      workload.awaitReady(START_LIMIT);
      workload.scale(nodes);
      workload.awaitReady(START_LIMIT);
      noteStarts(run, watch);
    }
  }

  /**
   * One node pulled it while upstream was there; the others have nobody's word but other nodes'.
   */
  private static void neverHad(ClusterBench bench, CaseRun run) throws Exception {
    String namespace = readyNamespace(bench, run);
    LaptopCluster cluster = bench.laptop();
    Upstream upstream = cluster.upstream();
    Cargo cargo = Cargo.in(run.workspace(), upstream);
    Image image = cargo.waiting(cargo.layer(24 * MIB), cargo.layer(MIB));
    PodPlan pods = PodPlan.of(cargo.push("work/never-had", "1", image)).apart("never-had");
    int nodes = cluster.nodes().size();
    try (PodWatch watch = PodWatch.of(cluster.api(), namespace)) {
      Workload workload = Workload.deployment(cluster.api(), namespace, "never-had", 1, pods);
      workload.awaitReady(START_LIMIT);
      awaitAsked(upstream, "never-had", Math.min(3, nodes));
      upstream.stop();
      run.workspace().own(upstream::start);
      workload.scale(nodes);
      workload.awaitReady(START_LIMIT);
      noteStarts(run, watch);
    }
    checkCopies(run, upstream.traffic(), image);
  }

  /** The nodes that keep the tag in mind have heard of it, and have upstream's word for it. */
  private static void awaitAsked(Upstream upstream, String repository, int nodes) throws Exception {
    Await.until(
        nodes + " nodes know the tag from upstream",
        START_LIMIT,
        () ->
            upstream
                    .traffic()
                    .count(
                        asked ->
                            asked.method().equals("HEAD")
                                && asked.manifest()
                                && asked.target().contains(repository)
                                && asked.status() == 200)
                >= nodes);
  }

  /**
   * A namespace of the case's own, with Tarn in use in the cluster; no node has the case's images
   * when it is over.
   */
  private static String readyNamespace(ClusterBench bench, CaseRun run) throws Exception {
    bench.release().awaitMirrored();
    run.workspace().own(() -> dropImages(bench));
    if (bench.cluster() instanceof LaptopCluster laptop) {
      laptop.upstream().limit(UPSTREAM);
      run.workspace().own(laptop.upstream()::unlimited);
    }
    return bench.namespace(run);
  }

  private static void dropImages(ClusterBench bench) {
    bench.dropImages(reference -> reference.contains("/" + REPOSITORIES));
  }

  private static void noteStarts(CaseRun run, PodWatch watch) {
    List<Double> seconds = watch.starts().stream().map(PodStart::seconds).sorted().toList();
    run.figure("start_median_s", rounded(seconds.get(seconds.size() / 2)));
    run.figure("start_slowest_s", rounded(seconds.getLast()));
    run.check(watch.failedPulls().isEmpty(), "not at once: " + watch.failedPulls());
  }

  /** Upstream sent each blob once, and nobody but Tarn asked it for any. */
  private static void checkCopies(CaseRun run, Traffic traffic, Image image) {
    long bytes = image.blobs().stream().mapToLong(blob -> traffic.bytes(blob.digest())).sum();
    double copies = (double) bytes / image.size();
    run.figure("upstream_copies", rounded(copies));
    for (Blob blob : image.blobs()) {
      run.check(
          traffic.bytes(blob.digest()) >= blob.size(),
          "upstream was not asked for all of " + blob.digest());
      for (Exchange exchange : traffic.all()) {
        run.check(
            !exchange.reference().equals(blob.digest())
                || !exchange.header("User-Agent").orElse("").startsWith("containerd"),
            "containerd went upstream itself: " + exchange);
      }
    }
    run.check(copies <= MOST_COPIES, "upstream sent " + copies + " copies");
  }

  private static double rounded(double value) {
    return Math.round(value * 1_000) / 1e3;
  }
}
