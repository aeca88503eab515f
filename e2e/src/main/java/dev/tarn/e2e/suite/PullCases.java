package dev.tarn.e2e.suite;

import dev.tarn.e2e.http.Traffic;
import dev.tarn.e2e.image.Blob;
import dev.tarn.e2e.image.Image;
import dev.tarn.e2e.node.Containerd;
import dev.tarn.e2e.node.ContainerdConfig;
import dev.tarn.e2e.node.Flavour;
import dev.tarn.e2e.node.TarnNode;
import dev.tarn.e2e.run.CaseRun;

/** Pulls while everything is well, and one with nothing but Tarn left. */
final class PullCases {
  private final Flavour flavour;

  PullCases(Flavour flavour) {
    this.flavour = flavour;
  }

  void cold(Bench bench, CaseRun run) throws Exception {
    Bench.Ways ways = bench.ways(run.workspace());
    TarnNode tarn = TarnNode.start(run.workspace(), Bench.tarn(ways));
    Containerd node = containerd(run, "a", tarn, ways);

    long start = System.nanoTime();
    node.pull(Bench.reference("big"));
    figureSeconds(run, "cold_s", start);

    node.verify(bench.big);
    checkOneCopy(run, bench.big, ways.upstream().traffic());
    checkNothingDirect(run, ways);
  }

  void warm(Bench bench, CaseRun run) throws Exception {
    Bench.Ways ways = bench.ways(run.workspace());
    TarnNode tarn = TarnNode.start(run.workspace(), Bench.tarn(ways));
    containerd(run, "a", tarn, ways).pull(Bench.reference("big"));
    Containerd node = containerd(run, "b", tarn, ways);
    ways.upstream().traffic().forget();

    long start = System.nanoTime();
    node.pull(Bench.reference("big"));
    figureSeconds(run, "warm_s", start);

    node.verify(bench.big);
    run.checkEquals(
        "GETs upstream of a warm pull",
        0,
        ways.upstream().traffic().count(e -> e.method().equals("GET")));
    checkNothingDirect(run, ways);
  }

  void index(Bench bench, CaseRun run) throws Exception {
    Bench.Ways ways = bench.ways(run.workspace());
    TarnNode tarn = TarnNode.start(run.workspace(), Bench.tarn(ways));
    Containerd node = containerd(run, "a", tarn, ways);

    node.pull(Bench.reference("platforms"));

    Image wanted = bench.platforms.forArchitecture("amd64");
    node.verify(wanted);
    Traffic upstream = ways.upstream().traffic();
    checkOneCopy(run, wanted, upstream);
    run.checkEquals("GETs of the index", 1, upstream.gets(bench.platforms.manifest().digest()));
    for (Image other : bench.platforms.images()) {
      if (!other.equals(wanted)) {
        run.checkEquals(
            "requests for " + other.architecture() + "'s manifest",
            0,
            upstream.count(e -> e.reference().equals(other.manifest().digest())));
        for (Blob blob : other.blobs()) {
          run.checkEquals(
              "requests for a blob of " + other.architecture(),
              0,
              upstream.count(e -> e.reference().equals(blob.digest())));
        }
      }
    }
    checkNothingDirect(run, ways);
  }

  void upstreamStopped(Bench bench, CaseRun run) throws Exception {
    Bench.Ways ways = bench.ways(run.workspace());
    TarnNode tarn = TarnNode.start(run.workspace(), Bench.tarn(ways));
    containerd(run, "a", tarn, ways).pull(Bench.reference("medium"));
    Containerd node = containerd(run, "b", tarn, ways);
    ways.upstream().stop();
    ways.direct().stop();

    node.pull(Bench.reference("medium"));

    node.verify(bench.medium);
  }

  private Containerd containerd(CaseRun run, String name, TarnNode tarn, Bench.Ways ways)
      throws Exception {
    return Bench.containerd(run.workspace(), name, ContainerdConfig.of(flavour), tarn, ways);
  }

  private static void figureSeconds(CaseRun run, String name, long startNanos) {
    run.figure(name, Math.round((System.nanoTime() - startNanos) / 1e7) / 100.0);
  }

  static void checkOneCopy(CaseRun run, Image image, Traffic upstream) {
    for (Blob blob : image.blobs()) {
      run.checkEquals("GETs upstream of " + blob.digest(), 1, upstream.gets(blob.digest()));
      run.checkEquals(
          "bytes upstream of " + blob.digest(), blob.size(), upstream.bytes(blob.digest()));
    }
  }

  static void checkNothingDirect(CaseRun run, Bench.Ways ways) {
    run.check(
        ways.direct().traffic().requests() == 0,
        "containerd went past Tarn:\n" + ways.direct().traffic());
  }
}
