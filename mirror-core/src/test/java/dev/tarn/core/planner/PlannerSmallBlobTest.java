package dev.tarn.core.planner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.name.BlobKey;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A few planners that want a small blob at once, where upstream is faster than messages: what they
 * tell each other is out of date when it comes, and may overtake what was said before.
 */
class PlannerSmallBlobTest {
  private static final long[] SIZES = {3_000_000, 4 * 1024 * 1024, 9_000_000, 20_000_000};
  private static final long[] UPSTREAM_BYTES_PER_SECOND = {10_000_000, 400_000_000, 3_000_000_000L};
  private static final long[] MESSAGE_MICROS = {50, 500};
  private static final long[] ARRIVAL_MILLIS = {0, 1, 5, 30};

  /** How long a chunk takes to be told of, and a blob to be verified. */
  private static final long[][] LATE_MILLIS = {{0, 0}, {2, 5}, {2, 40}, {10, 5}};

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 96);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void costsOneCopy(long seed) {
    for (long size : SIZES) {
      Cluster cluster = cluster(seed, 5);
      long[] late = LATE_MILLIS[(int) (seed / 24) % 4];
      cluster.settleNanos = late[0] * Cluster.MILLI;
      cluster.verifyNanos = 1 + late[1] * Cluster.MILLI;

      BlobKey blob = pull(cluster, size, ARRIVAL_MILLIS[(int) (seed / 6) % 4]);

      assertThat(cluster.upstream.copies(blob)).as("seed %s, %s bytes", seed, size).isEqualTo(1);
    }
  }

  /** One that pauses in mid-chunk may lose it to another, who begins anew. */
  @Test
  void costsHardlyMoreWhereEverybodyPausesForASecondNowAndThen() {
    assertThat(seeds().mapToDouble(PlannerSmallBlobTest::copiesWithPauses).average().orElseThrow())
        .isBetween(1.0, 1.01);
  }

  private static double copiesWithPauses(long seed) {
    Cluster cluster = cluster(seed, 5);
    cluster.settleNanos = 2 * Cluster.MILLI;
    for (TestNode node : cluster.nodes.values()) {
      long at = cluster.random.nextLong(500 * Cluster.MILLI);
      cluster.after(at, node::pause);
      cluster.after(at + cluster.random.nextLong(900 * Cluster.MILLI), node::resume);
    }

    BlobKey blob = pull(cluster, 4_000_000, 5);

    return cluster.upstream.copies(blob);
  }

  private static Cluster cluster(long seed, int nodes) {
    Cluster cluster = new Cluster(seed, nodes);
    cluster.nodes.values().forEach(node -> node.bytesPerSecond = 1_000_000_000);
    cluster.tickNanos = Cluster.MILLI / 4;
    cluster.progressNanos = 50 * Cluster.MILLI;
    cluster.messageNanos = MESSAGE_MICROS[(int) (seed / 3) % 2] * 1_000;
    cluster.upstream.bytesPerSecond = UPSTREAM_BYTES_PER_SECOND[(int) (seed % 3)];
    cluster.upstream.headerNanos = Cluster.MILLI / 3;
    return cluster;
  }

  private static BlobKey pull(Cluster cluster, long size, long withinMillis) {
    BlobKey blob = cluster.blob("small", size);
    long spread = 1 + withinMillis * Cluster.MILLI;
    for (TestNode node : cluster.nodes.values()) {
      cluster.after(cluster.random.nextLong(spread), () -> node.want(blob));
    }
    cluster.run(cluster.now + spread);
    assertThat(cluster.runUntilDone(20_000 * Cluster.MILLI)).isTrue();
    assertThat(cluster.nodes.values()).allMatch(node -> node.gaveUp.isEmpty());
    return blob;
  }
}
