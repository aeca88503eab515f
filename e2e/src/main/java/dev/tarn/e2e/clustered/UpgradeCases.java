package dev.tarn.e2e.clustered;

import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.container.EarlierRelease;
import dev.tarn.e2e.http.Exchange;
import dev.tarn.e2e.image.Blob;
import dev.tarn.e2e.kube.Trees;
import dev.tarn.e2e.laptop.LaptopCluster;
import dev.tarn.e2e.laptop.Machine;
import dev.tarn.e2e.laptop.TarnBuild;
import dev.tarn.e2e.laptop.TarnRelease;
import dev.tarn.e2e.run.Case;
import dev.tarn.e2e.run.CaseRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** From an earlier release to this one while everybody pulls. */
final class UpgradeCases {
  private static final long KEPT_BYTES = 20_000_000;
  private static final long PULLED_BYTES = 2_000_000;
  private static final long LONGER_BYTES = 16_000_000;
  private static final int LONGER_EACH = 5;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** How many pulls there are to be on each node before the upgrade and after it. */
  private static final int AROUND = 3;

  private static final String NONE = "none";

  private UpgradeCases() {}

  static List<Case<ClusterBench>> all() {
    return List.of(
        new Case<>(
            "helm upgrade from an earlier release while all nodes pull: no pull fails, caches stay",
            EarlierRelease.needs(),
            UpgradeCases::upgraded));
  }

  private static void upgraded(ClusterBench bench, CaseRun run) throws Exception {
    LaptopCluster cluster = bench.laptop();
    Path directory = run.workspace().directory();
    EarlierRelease earlier = EarlierRelease.build(directory);
    TarnBuild before =
        TarnBuild.push(
            cluster,
            directory,
            earlier.chart(),
            earlier.image(),
            "earlier-" + earlier.commit().substring(0, 12));
    bench.uninstall();
    TarnRelease release = bench.install(before);
    run.workspace()
        .own(
            () -> {
              release.upgrade(bench.build());
              release.awaitReady();
            });
    NodeTarn.awaitEntries(cluster.machines());

    Shipments shipments = Shipments.in(cluster, run);
    Shipments.Shipment kept = shipments.push(KEPT_BYTES);
    Map<Machine, Map<Path, Object>> files = new HashMap<>();
    for (Machine machine : cluster.machines()) {
      kept.pull(machine);
      files.put(machine, cached(machine, kept));
      run.check(
          !files.get(machine).containsValue(NONE), machine.name() + " has not all in its cache");
    }

    cluster.upstream().traffic().forget();
    List<PullLoop> loops = new ArrayList<>();
    List<Shipments.Shipment> line = new ArrayList<>();
    for (Machine machine : cluster.machines()) {
      loops.add(run.workspace().own(PullLoop.start(machine, inTurn(line, shipments))));
    }
    awaitPulls(loops, AROUND);
    long start = System.nanoTime();
    release.upgrade(bench.build());
    release.awaitReady();
    NodeTarn.awaitEntries(cluster.machines());
    run.figure("upgrade_s", (System.nanoTime() - start) / 1_000_000_000);
    awaitPulls(loops, AROUND);
    loops.forEach(PullLoop::close);
    checkPulls(run, cluster, loops);
    checkImages(bench, run, release);

    for (Machine machine : cluster.machines()) {
      run.check(
          cached(machine, kept).equals(files.get(machine)),
          "the cache of " + machine.name() + " is another one");
      checkFromCache(run, cluster, release, kept, machine);
    }
  }

  /** Waits until each has done so many more. */
  private static void awaitPulls(List<PullLoop> loops, int more) throws Exception {
    List<Integer> before = loops.stream().map(PullLoop::pulls).toList();
    for (int i = 0; i < loops.size(); i++) {
      PullLoop loop = loops.get(i);
      int enough = before.get(i) + more;
      Await.until("pulls go on", PATIENCE, () -> loop.pulls() >= enough);
    }
  }

  /** One after another of a line of images that all nodes pull, each at its own pace. */
  private static Supplier<Shipments.Shipment> inTurn(
      List<Shipments.Shipment> line, Shipments shipments) {
    AtomicInteger next = new AtomicInteger();
    return () -> {
      synchronized (line) {
        int number = next.getAndIncrement();
        if (number == line.size()) {
          line.add(shipments.push(number % LONGER_EACH == 0 ? LONGER_BYTES : PULLED_BYTES));
        }
        return line.get(number);
      }
    };
  }

  private static void checkPulls(CaseRun run, LaptopCluster cluster, List<PullLoop> loops) {
    List<String> failures = new ArrayList<>();
    int pulls = 0;
    double slowest = 0;
    for (PullLoop loop : loops) {
      failures.addAll(loop.failures());
      pulls += loop.pulls();
      slowest = Math.max(slowest, loop.slowestSeconds());
    }
    run.figure("pulls", pulls);
    run.figure("failed_pulls", failures.size());
    run.figure("slowest_s", Math.round(slowest * 10) / 10.0);
    run.figure("direct_share", directShare(cluster));
    run.check(failures.isEmpty(), "pulls failed: " + String.join("\n", failures));
  }

  /** How much of what upstream sent went to containerds that asked past Tarn. */
  private static double directShare(LaptopCluster cluster) {
    long all = 0;
    long direct = 0;
    for (Exchange exchange : cluster.upstream().traffic().all()) {
      all += exchange.bytes();
      direct += ChangeCases.isContainerds(exchange) ? exchange.bytes() : 0;
    }
    return Math.round(1000.0 * direct / Math.max(1, all)) / 1000.0;
  }

  private static void checkImages(ClusterBench bench, CaseRun run, TarnRelease release) {
    for (Machine machine : bench.laptop().machines()) {
      String image = Trees.text(release.pod(machine.name()), "spec.containers.0.image");
      run.check(image.endsWith(":" + bench.build().tag()), machine.name() + " still has " + image);
    }
  }

  /** The files of an image in a node's cache, and what tells each from one that is made anew. */
  private static Map<Path, Object> cached(Machine machine, Shipments.Shipment shipment)
      throws IOException {
    Path blobs = machine.path("/var/lib/tarn").resolve("blobs");
    Map<Path, Object> files = new HashMap<>();
    for (Blob blob : shipment.image().blobs()) {
      String hex = blob.digest().substring("sha256:".length());
      Path file = blobs.resolve("sha256").resolve(hex.substring(0, 2)).resolve(hex);
      files.put(file, Files.exists(file) ? Files.getAttribute(file, "unix:ino") : NONE);
    }
    return files;
  }

  private static void checkFromCache(
      CaseRun run,
      LaptopCluster cluster,
      TarnRelease release,
      Shipments.Shipment kept,
      Machine machine)
      throws Exception {
    String digest = kept.image().biggest().digest();
    kept.drop(machine);
    long sent = cluster.upstream().traffic().bytes(digest);
    double hits = hits(release, machine);
    kept.pull(machine);
    run.checkEquals(
        "what upstream sent of what " + machine.name() + " had",
        0,
        cluster.upstream().traffic().bytes(digest) - sent);
    run.check(
        hits(release, machine) >= hits + kept.image().layers().size(),
        machine.name() + " had its layers from somewhere else");
  }

  private static double hits(TarnRelease release, Machine machine) {
    return release
        .metrics(machine.name())
        .sum("tarn_hits_total", "kind=\"blob\"", "source=\"disk\"");
  }
}
