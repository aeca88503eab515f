package dev.tarn.core.planner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.name.BlobKey;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Planners together on random schedules of deaths, pauses, restarts, slow links and loss. */
class PlannerRandomTest {
  private static final long MIB = 1024 * 1024;
  private static final int SEEDS = Integer.getInteger("tarn.planner.seeds", 25);
  private static final long FIRST_SEED = Long.getLong("tarn.planner.seed", 1_000);

  static List<Long> seeds() {
    List<Long> seeds = new ArrayList<>();
    for (int i = 0; i < SEEDS; i++) {
      seeds.add(FIRST_SEED + i);
    }
    return seeds;
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whateverHappensEverythingEndsAndEverybodyAliveHasIt(long seed) {
    Cluster cluster = new Cluster(seed, 6 + (int) (seed % 6));
    cluster.loss = cluster.random.nextInt(3) * 0.005;
    List<BlobKey> blobs = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      blobs.add(
          cluster.blob("random-" + seed + "-" + i, (20 + cluster.random.nextInt(120)) * MIB + 5));
    }
    for (TestNode node : cluster.nodes.values()) {
      for (BlobKey blob : blobs) {
        if (cluster.random.nextInt(5) > 0) {
          cluster.after(millis(cluster, 800), () -> node.want(blob));
        }
      }
    }
    int faults = misfortunes(cluster);

    cluster.run(cluster.now + 5_000 * Cluster.MILLI);
    boolean done = cluster.runUntilDone(90_000 * Cluster.MILLI);

    List<String> unfinished =
        cluster.nodes.values().stream()
            .filter(node -> !node.idle() || (node.alive && !node.gaveUp.isEmpty()))
            .map(node -> node.name + " " + node.wanted + " " + node.gaveUp)
            .toList();
    assertThat(unfinished).as("unfinished, seed %s", seed).isEmpty();
    assertThat(done).as("seed %s", seed).isTrue();
    long total = blobs.stream().mapToLong(cluster.upstream::sizeOf).sum();
    assertThat((double) cluster.upstream.sentBytes / total)
        .as("upstream copies, seed %s, %s faults", seed, faults)
        .isLessThanOrEqualTo(1.0 + faults);
  }

  private static int misfortunes(Cluster cluster) {
    int count = 1 + cluster.random.nextInt(4);
    for (int i = 0; i < count; i++) {
      TestNode node = cluster.node(cluster.random.nextInt(cluster.nodes.size()));
      long at = millis(cluster, 3_000);
      switch (cluster.random.nextInt(4)) {
        case 0 -> cluster.after(at, node::die);
        case 1 -> {
          cluster.after(at, node::pause);
          cluster.after(at + millis(cluster, 6_000), node::resume);
        }
        case 2 -> cluster.after(at, node::restart);
        default -> node.bytesPerSecond /= 10;
      }
    }
    return count;
  }

  private static long millis(Cluster cluster, long most) {
    return cluster.random.nextLong(most * Cluster.MILLI);
  }
}
