package dev.tarn.e2e.clustered;

import dev.tarn.e2e.bench.MachineUse;
import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.image.Blob;
import dev.tarn.e2e.image.Image;
import dev.tarn.e2e.image.Layer;
import dev.tarn.e2e.laptop.KubeCluster;
import dev.tarn.e2e.run.CaseRun;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Many Deployments whose pods are replaced all at once by such with new images, most of whose
 * layers are the same. Used by one thread at a time.
 */
final class Rollout {
  /** As many as the issue of many restarted pods is about. */
  static final int DEPLOYMENTS = 30;

  static final int REPLICAS = 3;
  static final int LAYERS = 10;
  static final int SHARED_LAYERS = 8;
  static final long LAYER_BYTES = 6_000_000;
  private static final Duration SETUP_LIMIT = Duration.ofMinutes(6);
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
  private static final Duration ROLL_LIMIT = Duration.ofMinutes(8);

  private final KubeCluster cluster;
  private final String namespace;
  private final List<Workload> workloads = new ArrayList<>();

  private Rollout(KubeCluster cluster, String namespace) {
    this.cluster = cluster;
    this.namespace = namespace;
  }

  /** Makes the Deployments, of an image that is next to nothing; returns when all are ready. */
  static Rollout prepare(KubeCluster cluster, String namespace, CaseRun run) throws Exception {
    Rollout rollout = new Rollout(cluster, namespace);
    Cargo cargo = Cargo.in(run.workspace().child("first"), cluster.upstream());
    String first = cargo.push("rollout/first", "1", cargo.waiting());
    for (int i = 0; i < DEPLOYMENTS; i++) {
      rollout.workloads.add(
          Workload.deployment(cluster.api(), namespace, "shop-" + i, REPLICAS, PodPlan.of(first)));
    }
    rollout.awaitReady(SETUP_LIMIT);
    return rollout;
  }

  private void awaitReady(Duration limit) throws Exception {
    List<Workload> waiting = new ArrayList<>(workloads);
    Await.until(
        "all deployments have their new pods",
        limit,
        BETWEEN_LOOKS,
        () -> {
          try {
            waiting.removeIf(Workload::ready);
          } catch (CaseFailed busy) {
            // So is the API server, when all pods come and go at once: it is asked again.
            return false;
          }
          return waiting.isEmpty();
        });
  }

  /** What a roll took. */
  record Figures(
      double seconds,
      double medianStart,
      double slowestStart,
      long upstreamBytes,
      long distinctBytes,
      double machineCpuSeconds,
      double machineBusy,
      List<String> failedPulls) {

    double copies() {
      return (double) upstreamBytes / distinctBytes;
    }
  }

  /** Images that no node has: of each, most layers are those of all. */
  List<String> newImages(CaseRun run, String called, Set<Blob> distinct) {
    Cargo cargo = Cargo.in(run.workspace().child(called), cluster.upstream());
    List<Layer> shared = new ArrayList<>();
    for (int i = 0; i < SHARED_LAYERS; i++) {
      shared.add(cargo.layer(LAYER_BYTES));
    }
    List<String> references = new ArrayList<>();
    for (int i = 0; i < DEPLOYMENTS; i++) {
      List<Layer> layers = new ArrayList<>(shared);
      for (int own = SHARED_LAYERS; own < LAYERS; own++) {
        layers.add(cargo.layer(LAYER_BYTES));
      }
      Image image = cargo.waiting(layers);
      distinct.addAll(image.blobs());
      references.add(cargo.push("rollout/shop-" + i, called, image));
    }
    return references;
  }

  /** Gives every Deployment another image, one right after the other, and waits for all. */
  Figures roll(List<String> images, Set<Blob> distinct) throws Exception {
    long before = cluster.upstream().traffic().blobBytes();
    double cpuBefore = MachineUse.cpuSeconds();
    try (PodWatch watch = PodWatch.of(cluster.api(), namespace)) {
      long start = System.nanoTime();
      for (int i = 0; i < DEPLOYMENTS; i++) {
        workloads.get(i).roll(images.get(i));
      }
      awaitReady(ROLL_LIMIT);
      double seconds = (System.nanoTime() - start) / 1e9;
      double cpu = MachineUse.cpuSeconds() - cpuBefore;
      List<Double> starts =
          watch.starts().stream()
              .filter(pod -> images.contains(pod.image()))
              .map(PodStart::seconds)
              .sorted()
              .toList();
      return new Figures(
          seconds,
          starts.get(starts.size() / 2),
          starts.getLast(),
          cluster.upstream().traffic().blobBytes() - before,
          distinct.stream().mapToLong(Blob::size).sum(),
          cpu,
          cpu / seconds / Runtime.getRuntime().availableProcessors(),
          watch.failedPulls());
    }
  }
}
