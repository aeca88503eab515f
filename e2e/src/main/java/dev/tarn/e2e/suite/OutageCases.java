package dev.tarn.e2e.suite;

import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.http.Exchange;
import dev.tarn.e2e.http.Hold;
import dev.tarn.e2e.http.Relay;
import dev.tarn.e2e.image.Blob;
import dev.tarn.e2e.node.Containerd;
import dev.tarn.e2e.node.ContainerdConfig;
import dev.tarn.e2e.node.Flavour;
import dev.tarn.e2e.node.TarnConfig;
import dev.tarn.e2e.node.TarnNode;
import dev.tarn.e2e.run.CaseRun;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** Pulls during which Tarn or its upstream fails; every one of them must succeed. */
final class OutageCases {
  private static final Duration MID_BLOB_LIMIT = Duration.ofSeconds(30);
  private static final long PULL_LIMIT_SECONDS = 180;

  /** How much more than one copy of a blob may be fetched where a transfer had to start again. */
  private static final double RESUMED_COPIES = 1.05;

  /** How much of what upstream sent may be in Tarn's hands only. */
  private static final long UNDER_WAY_BYTES = 1024 * 1024;

  private final Flavour flavour;

  OutageCases(Flavour flavour) {
    this.flavour = flavour;
  }

  void tarnKilled(Bench bench, CaseRun run) throws Exception {
    MidBlob pull = midBlob(bench, run, config -> config);
    pull.tarn().kill();
    join(pull.over());

    pull.node().verify(bench.medium);
    run.check(
        pull.ways().direct().traffic().gets(pull.layer().digest()) > 0,
        "the rest of the layer did not come from upstream:\n" + pull.ways().direct().traffic());
    run.figure("bytes_past_tarn", pull.ways().direct().traffic().blobBytes());

    // What the killed one left behind must not become wrong bytes.
    pull.hold().release();
    pull.tarn().startAgain();
    Containerd next = containerd(run, "b", pull.tarn(), pull.ways());
    next.pull(Bench.reference("medium"));
    next.verify(bench.medium);
    checkCopies(run, pull.ways().upstream(), pull.layer());
  }

  void tarnRestarted(Bench bench, CaseRun run) throws Exception {
    MidBlob pull = midBlob(bench, run, config -> config.withDrainTimeout(Duration.ofSeconds(1)));
    pull.tarn().terminate();
    pull.hold().release();
    pull.tarn().startAgain();
    join(pull.over());

    pull.node().verify(bench.medium);
    Containerd next = containerd(run, "b", pull.tarn(), pull.ways());
    next.pull(Bench.reference("medium"));
    next.verify(bench.medium);
    checkCopies(run, pull.ways().upstream(), pull.layer());
  }

  void upstreamComesBack(Bench bench, CaseRun run) throws Exception {
    MidBlob pull = midBlob(bench, run, config -> config);
    pull.hold().release();
    pull.ways().upstream().stop();
    pull.ways().direct().stop();
    // Long enough for a first retry to find nobody there.
    TimeUnit.SECONDS.sleep(2);
    pull.ways().upstream().start();
    pull.ways().direct().start();
    join(pull.over());

    pull.node().verify(bench.medium);
    checkCopies(run, pull.ways().upstream(), pull.layer());
    long resumed =
        pull.ways()
            .upstream()
            .traffic()
            .count(e -> e.reference().equals(pull.layer().digest()) && e.range().isPresent());
    run.check(
        resumed > 0,
        "the layer was not resumed at an offset:\n" + pull.ways().upstream().traffic());
    run.figure("bytes_past_tarn", pull.ways().direct().traffic().blobBytes());
  }

  void upstreamHangs(Bench bench, CaseRun run) throws Exception {
    Duration headerTimeout = Duration.ofSeconds(2);
    Bench.Ways ways = bench.ways(run.workspace());
    TarnConfig config = Bench.tarn(ways).withHeaderTimeout(headerTimeout);
    TarnNode tarn = TarnNode.start(run.workspace(), config);
    // Between containerd and Tarn, to see the moment of the first request.
    Relay front = Bench.front(run.workspace(), tarn);
    Containerd node = Containerd.start(run.workspace(), "a", ContainerdConfig.of(flavour));
    node.mirror(Bench.REGISTRY, front.uri(), ways.direct().uri());
    ways.upstream().hang();

    long start = System.nanoTime();
    CompletableFuture<Void> pull = node.pullMeanwhile(Bench.reference("medium"));
    Await.until("containerd asked Tarn", MID_BLOB_LIMIT, () -> front.traffic().requests() > 0);
    long asked = System.nanoTime();
    Await.until(
        "containerd goes on to upstream within the header time-out",
        headerTimeout.plusSeconds(3),
        () -> ways.direct().traffic().requests() > 0);
    run.figure("first_fallback_s", seconds(asked));
    join(pull);
    run.figure("pull_s", seconds(start));

    node.verify(bench.medium);
    for (Exchange each : front.traffic().all()) {
      run.check(
          each.status() >= 500,
          "Tarn had nothing and answered " + each + ", not 5xx, to\n" + front.traffic());
    }
  }

  void upstreamStalls(Bench bench, CaseRun run) throws Exception {
    Bench.Ways ways = bench.ways(run.workspace());
    TarnConfig config = Bench.tarn(ways).withStallTimeout(Duration.ofSeconds(3));
    TarnNode tarn = TarnNode.start(run.workspace(), config);
    Containerd node = containerd(run, "a", tarn, ways);
    Blob layer = bench.medium.biggest();
    Hold hold = ways.upstream().hold(layer.digest(), layer.size() / 2);

    long start = System.nanoTime();
    node.pull(Bench.reference("medium"));
    run.figure("pull_s", seconds(start));

    node.verify(bench.medium);
    run.check(
        ways.direct().traffic().gets(layer.digest()) > 0,
        "the rest of the layer did not come past Tarn:\n" + ways.direct().traffic());
    run.figure("bytes_past_tarn", ways.direct().traffic().blobBytes());
    hold.release();
  }

  /** A pull under way, half of whose biggest layer went from upstream through Tarn. */
  private record MidBlob(
      Bench.Ways ways,
      TarnNode tarn,
      Containerd node,
      Blob layer,
      Hold hold,
      CompletableFuture<Void> over) {}

  private MidBlob midBlob(Bench bench, CaseRun run, UnaryOperator<TarnConfig> changes)
      throws Exception {
    Bench.Ways ways = bench.ways(run.workspace());
    TarnNode tarn = TarnNode.start(run.workspace(), changes.apply(Bench.tarn(ways)));
    Containerd node = containerd(run, "a", tarn, ways);
    Blob layer = bench.medium.biggest();
    Hold hold = ways.upstream().hold(layer.digest(), layer.size() / 2);

    CompletableFuture<Void> over = node.pullMeanwhile(Bench.reference("medium"));
    hold.awaitReached(MID_BLOB_LIMIT);
    node.awaitReceived(layer, layer.size() / 2 - UNDER_WAY_BYTES);
    return new MidBlob(ways, tarn, node, layer, hold, over);
  }

  private static double seconds(long sinceNanos) {
    return Math.round((System.nanoTime() - sinceNanos) / 1e6) / 1e3;
  }

  private Containerd containerd(CaseRun run, String name, TarnNode tarn, Bench.Ways ways)
      throws Exception {
    return Bench.containerd(run.workspace(), name, ContainerdConfig.of(flavour), tarn, ways);
  }

  private static void join(CompletableFuture<Void> pull) throws Exception {
    pull.get(PULL_LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  /** What Tarn fetched of the blob, over all attempts, is about one copy. */
  private static void checkCopies(CaseRun run, Relay upstream, Blob blob) {
    double copies = (double) upstream.traffic().bytes(blob.digest()) / blob.size();
    run.figure("upstream_copies", Math.round(copies * 1000) / 1000.0);
    run.check(
        copies <= RESUMED_COPIES,
        "Tarn fetched " + copies + " copies of the layer:\n" + upstream.traffic());
  }
}
