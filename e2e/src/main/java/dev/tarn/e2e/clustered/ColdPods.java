package dev.tarn.e2e.clustered;

import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.http.Exchange;
import dev.tarn.e2e.image.Image;
import dev.tarn.e2e.laptop.Machine;
import dev.tarn.e2e.laptop.Upstream;
import dev.tarn.e2e.run.CaseRun;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Starts pods on nodes of one's choice, each with an image that nobody has pulled before, and notes
 * how long they take. Used by one thread at a time.
 */
final class ColdPods {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final long USUAL_BYTES = 6_000_000;

  private final ClusterBench bench;
  private final String namespace;
  private final Cargo cargo;
  private final PodWatch watch;
  private final List<String> blobs = new ArrayList<>();
  private int pods;
  private double slowestSeconds;

  private ColdPods(ClusterBench bench, String namespace, Cargo cargo, PodWatch watch) {
    this.bench = bench;
    this.namespace = namespace;
    this.cargo = cargo;
    this.watch = watch;
  }

  /** Pods in a namespace of the case's. */
  static ColdPods in(ClusterBench bench, CaseRun run) throws Exception {
    return in(bench, run, bench.namespace(run));
  }

  static ColdPods in(ClusterBench bench, CaseRun run, String namespace) {
    run.workspace().own(() -> forget(bench, namespace));
    PodWatch watch = run.workspace().own(PodWatch.of(bench.cluster().api(), namespace));
    Cargo cargo = Cargo.in(run.workspace(), bench.cluster().upstream());
    return new ColdPods(bench, namespace, cargo, watch);
  }

  /** Nodes forget the images of the case: their tags begin with its namespace. */
  private static void forget(ClusterBench bench, String namespace) {
    for (Machine machine : bench.laptop().machines()) {
      machine.dropImages(reference -> reference.contains(":" + namespace));
    }
  }

  Cargo cargo() {
    return cargo;
  }

  /** Starts one and waits until it is ready. */
  void start(String node) throws Exception {
    Image image = image(USUAL_BYTES);
    await(begin(node, push(image)));
  }

  /** The same with an image of that reference, and a Secret of the namespace's, or none. */
  void start(String node, String reference, String secret) throws Exception {
    await(begin(node, reference, secret));
  }

  /**
   * Starts one, does something when upstream has sent a quarter of its image, and waits until it is
   * ready.
   */
  void startAnd(String node, long bytes, Runnable inMidPull) throws Exception {
    Image image = image(bytes);
    Upstream upstream = bench.cluster().upstream();
    Begun begun = begin(node, push(image));
    String digest = image.biggest().digest();
    Await.until(
        "a quarter of the image has left upstream",
        LIMIT,
        () -> upstream.traffic().bytes(digest) > image.biggest().size() / 4);
    inMidPull.run();
    await(begun);
  }

  private record Begun(Workload workload, long nanos) {}

  private Image image(long bytes) {
    Image image = cargo.waiting(cargo.layer(bytes));
    blobs.add(image.biggest().digest());
    return image;
  }

  private String push(Image image) {
    return cargo.push("cold-" + (pods + 1), namespace, image);
  }

  private Begun begin(String node, String reference) {
    return begin(node, reference, "");
  }

  private Begun begin(String node, String reference, String secret) {
    PodPlan plan = PodPlan.of(reference).on(node);
    long now = System.nanoTime();
    String name = "cold-" + ++pods;
    Workload workload =
        Workload.deployment(
            bench.cluster().api(),
            namespace,
            name,
            1,
            secret.isEmpty() ? plan : plan.withSecret(secret));
    return new Begun(workload, now);
  }

  private void await(Begun begun) throws Exception {
    begun.workload().awaitReady(LIMIT);
    slowestSeconds = Math.max(slowestSeconds, (System.nanoTime() - begun.nanos()) / 1e9);
  }

  /** How many had some of their image, at least, past Tarn: it was away. */
  private long direct() {
    Set<String> fetched =
        bench.cluster().upstream().traffic().all().stream()
            .filter(ChangeCases::isContainerds)
            .map(Exchange::reference)
            .collect(Collectors.toSet());
    return blobs.stream().filter(fetched::contains).count();
  }

  /** Fails the case where Tarn was there all the time for all of them. */
  void checkSomeDirect(CaseRun run) {
    run.check(direct() > 0, "every image came through Tarn, so nothing was tried");
  }

  /** How long the slowest took so far, from being made to being ready. */
  double slowestSeconds() {
    return Math.round(slowestSeconds * 10) / 10.0;
  }

  /** Notes how many there were, how long the slowest took, and how many had to be pulled twice. */
  void figures(CaseRun run) {
    run.figure("pods", pods);
    run.figure("direct", direct());
    run.figure("slowest_s", slowestSeconds());
    run.figure("pulled_again", watch.failedPulls().size());
  }
}
