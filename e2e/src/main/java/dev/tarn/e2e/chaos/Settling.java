package dev.tarn.e2e.chaos;

import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.cluster.ClusterNode;
import dev.tarn.e2e.node.Metrics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * That nothing is left of what happened: no transfer, no handle of a file, no permit, no member
 * that another avoids. On the case's thread, when all faults are over.
 */
final class Settling {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int MOST_SOCKETS = 64;

  /** Gauges that are 0 where nobody wants anything. */
  private static final List<String> IDLE_GAUGES =
      List.of("tarn_transfers_in_flight", "tarn_peer_uploads", "tarn_peer_downloads");

  private final ChaosCluster cluster;
  private final Timeline timeline;
  private final boolean hasPeers;

  Settling(ChaosCluster cluster, Timeline timeline, boolean hasPeers) {
    this.cluster = cluster;
    this.hasPeers = hasPeers;
    this.timeline = timeline;
  }

  /** Waits until every node is quiet; what is not is a violation. */
  void await() throws Exception {
    for (ClusterNode node : cluster.nodes) {
      AtomicReference<List<String>> left = new AtomicReference<>(List.of());
      try {
        Await.until(
            node.name() + " is quiet",
            LIMIT,
            () -> {
              left.set(leftAt(node));
              return left.get().isEmpty();
            });
        timeline.tell(node.name() + " is quiet, " + node.openFiles().size() + " descriptors");
      } catch (CaseFailed late) {
        timeline.violation(node.name() + " does not settle: " + left.get());
      }
    }
  }

  private List<String> leftAt(ClusterNode node) throws Exception {
    List<String> left = new ArrayList<>();
    if (!node.ready()) {
      return List.of("not ready");
    }
    Optional<Metrics> metrics = node.metrics();
    if (metrics.isEmpty()) {
      return List.of("no metrics");
    }
    for (String gauge : IDLE_GAUGES) {
      double value = metrics.get().sum(gauge);
      if (value != 0) {
        left.add(gauge + " " + value);
      }
    }
    double ready = metrics.get().sum("tarn_members", "state=\"ready\"");
    if (hasPeers && ready != cluster.nodes.size()) {
      left.add("only " + ready + " members are ready");
    }
    List<String> open = node.openFiles();
    open.stream()
        .filter(file -> file.startsWith(node.store().toString()) && !file.endsWith("/lock"))
        .forEach(left::add);
    long sockets = open.stream().filter(file -> file.startsWith("socket:")).count();
    if (sockets > MOST_SOCKETS) {
      left.add(sockets + " sockets");
    }
    return left;
  }
}
