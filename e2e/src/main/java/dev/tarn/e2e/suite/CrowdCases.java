package dev.tarn.e2e.suite;

import dev.tarn.e2e.http.Fetch;
import dev.tarn.e2e.http.Relay;
import dev.tarn.e2e.http.Traffic;
import dev.tarn.e2e.image.Blob;
import dev.tarn.e2e.node.Containerd;
import dev.tarn.e2e.node.ContainerdConfig;
import dev.tarn.e2e.node.Flavour;
import dev.tarn.e2e.node.TarnNode;
import dev.tarn.e2e.run.CaseRun;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Many readers of the same bytes: each byte comes from upstream once. */
final class CrowdCases {
  private static final int CROWD = 20;
  private static final long LIMIT_SECONDS = 240;

  private final Flavour flavour;

  CrowdCases(Flavour flavour) {
    this.flavour = flavour;
  }

  void sharedLayers(Bench bench, CaseRun run) throws Exception {
    Bench.Ways ways = bench.ways(run.workspace());
    TarnNode tarn = TarnNode.start(run.workspace(), Bench.tarn(ways));
    // Two containerds, so that it is not containerd that remembers the layers.
    ContainerdConfig config = ContainerdConfig.of(flavour);
    Containerd one = Bench.containerd(run.workspace(), "a", config, tarn, ways);
    Containerd other = Bench.containerd(run.workspace(), "b", config, tarn, ways);

    CompletableFuture<Void> pull = one.pullMeanwhile(Bench.reference("first"));
    CompletableFuture<Void> otherPull = other.pullMeanwhile(Bench.reference("second"));
    pull.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    otherPull.get(LIMIT_SECONDS, TimeUnit.SECONDS);

    one.verify(bench.first);
    other.verify(bench.second);
    Traffic upstream = ways.upstream().traffic();
    Set<Blob> blobs = new HashSet<>(bench.first.blobs());
    blobs.addAll(bench.second.blobs());
    for (Blob blob : blobs) {
      run.checkEquals(
          "bytes upstream of " + blob.digest(), blob.size(), upstream.bytes(blob.digest()));
    }
    PullCases.checkNothingDirect(run, ways);
  }

  void twentyAtOnce(Bench bench, CaseRun run) throws Exception {
    Bench.Ways ways = bench.ways(run.workspace());
    TarnNode tarn = TarnNode.start(run.workspace(), Bench.tarn(ways));
    Relay front = Bench.front(run.workspace(), tarn);
    // Isolated namespaces: containerd itself merges what one namespace asks for twice.
    ContainerdConfig config = ContainerdConfig.of(flavour).withIsolatedNamespaces();
    Containerd node = Containerd.start(run.workspace(), "a", config);
    node.mirror(Bench.REGISTRY, front.uri(), ways.direct().uri());

    List<CompletableFuture<Void>> pulls = new ArrayList<>();
    for (int i = 0; i < CROWD; i++) {
      pulls.add(node.fetchMeanwhile("crowd" + i, Bench.reference("crowd")));
    }
    for (CompletableFuture<Void> pull : pulls) {
      pull.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    node.verify(bench.crowd);
    PullCases.checkOneCopy(run, bench.crowd, ways.upstream().traffic());
    PullCases.checkNothingDirect(run, ways);
    Blob layer = bench.crowd.biggest();
    run.checkEquals(
        "times Tarn was asked for the layer", CROWD, front.traffic().gets(layer.digest()));
    run.checkEquals(
        "bytes of the layer that Tarn sent",
        CROWD * layer.size(),
        front.traffic().bytes(layer.digest()));
    clientsAtOnce(bench, run, ways, tarn);
  }

  /** The same again by plain clients and with an image that nobody has yet. */
  private static void clientsAtOnce(Bench bench, CaseRun run, Bench.Ways ways, TarnNode tarn)
      throws Exception {
    Blob layer = bench.medium.biggest();
    URI uri =
        tarn.uri().resolve("/v2/e2e/medium/blobs/" + layer.digest() + "?ns=" + Bench.REGISTRY);
    List<CompletableFuture<Fetch.Fetched>> fetches = new ArrayList<>();
    for (int i = 0; i < CROWD; i++) {
      fetches.add(
          CompletableFuture.supplyAsync(
              () -> Fetch.digestOf(uri), task -> Thread.ofVirtual().start(task)));
    }
    for (CompletableFuture<Fetch.Fetched> fetch : fetches) {
      Fetch.Fetched fetched = fetch.get(LIMIT_SECONDS, TimeUnit.SECONDS);
      run.check(
          fetched.equals(new Fetch.Fetched(200, layer.digest(), layer.size())),
          "a client got " + fetched + " where the layer is " + layer);
    }
    run.checkEquals(
        "bytes upstream of the layer",
        layer.size(),
        ways.upstream().traffic().bytes(layer.digest()));
  }

  void parallelRanges(Bench bench, CaseRun run) throws Exception {
    Bench.Ways ways = bench.ways(run.workspace());
    TarnNode tarn = TarnNode.start(run.workspace(), Bench.tarn(ways));
    Relay front = Bench.front(run.workspace(), tarn);
    ContainerdConfig config = ContainerdConfig.of(flavour).withParallelRanges();
    Containerd node = Containerd.start(run.workspace(), "a", config);
    node.mirror(Bench.REGISTRY, front.uri(), ways.direct().uri());
    Blob layer = bench.medium.biggest();

    node.pull(Bench.reference("medium"));

    node.verify(bench.medium);
    run.check(
        front.traffic().count(e -> e.reference().equals(layer.digest()) && e.range().isPresent())
            > 2,
        "containerd did not ask for ranges:\n" + front.traffic());
    run.checkEquals(
        "bytes upstream of the layer",
        layer.size(),
        ways.upstream().traffic().bytes(layer.digest()));
    PullCases.checkNothingDirect(run, ways);

    // Once more, now that Tarn has everything.
    Containerd next = Containerd.start(run.workspace(), "b", config);
    next.mirror(Bench.REGISTRY, front.uri(), ways.direct().uri());
    next.pull(Bench.reference("medium"));
    next.verify(bench.medium);
    PullCases.checkNothingDirect(run, ways);
  }
}
