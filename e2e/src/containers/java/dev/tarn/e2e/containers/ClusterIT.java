package dev.tarn.e2e.containers;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.cluster.PullReport;
import dev.tarn.e2e.image.Blob;
import dev.tarn.e2e.image.Image;
import dev.tarn.e2e.node.Metrics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Three containers of the image, pulls through all of them, and what registry and Prometheus say. */
@ExtendWith(DockerExtension.class)
final class ClusterIT {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /**
   * Of the three that the nodes would cost each for itself. By itself this machine needs little more
   * than one; where others use it too, nodes wait for each other too long, and ask upstream.
   */
  private static final double MOST_COPIES = 2;

  private static Docker docker;

  @BeforeAll
  static void open(Docker given) {
    docker = given;
  }

  @Test
  void three_pulls_at_once_share_what_upstream_sends() throws Exception {
    try (Cluster cluster = Cluster.start(docker, 3, "")) {
      Image image = cluster.push("e2e/once", 100, 40, 20, 6, 1);
      PrometheusContainer prometheus = cluster.prometheus();
      awaitEqual(cluster, "sum(up{job=\"tarn\"})", 3);
      awaitEqual(cluster, "sum(tarn_members{state=\"ready\"})", 9);

      List<PullReport> reports =
          cluster.pullAtOnce("e2e/once", cluster.node(1), cluster.node(2), cluster.node(3));

      assertThat(reports).allSatisfy(ClusterIT::isGood);
      long blobs = image.blobs().size();
      awaitEqual(
          cluster, "sum(tarn_misses_total{kind=\"blob\"}) + sum(tarn_hits_total{kind=\"blob\"} or vector(0))", 3.0 * blobs);
      assertShared(cluster, image);
      double fetched = prometheus.ask("sum(tarn_fetched_bytes_total{source=\"upstream\"})");
      assertThat(fetched).isBetween((double) image.size(), MOST_COPIES * image.size());
      assertThat(prometheus.ask("sum(tarn_fetched_bytes_total{source=\"peer\"})"))
          .isGreaterThanOrEqualTo(3.0 * image.size() - fetched);
      assertThat(prometheus.ask("sum(tarn_served_bytes_total)"))
          .isEqualTo(3.0 * (image.size() + image.manifest().size()));
      assertThat(prometheus.ask("sum(tarn_misses_total{kind=\"blob\", source=\"upstream\"})"))
          .isPositive();
      assertThat(prometheus.ask("sum(tarn_misses_total{kind=\"blob\", source=\"peer\"})"))
          .isPositive();

      long sent = sentOf(cluster, image);
      double before = prometheus.ask("sum(tarn_hits_total{kind=\"blob\", source=\"disk\"})");
      assertThat(cluster.pullAtOnce("e2e/once", cluster.node(2))).allSatisfy(ClusterIT::isGood);

      awaitEqual(
          cluster, "sum(tarn_hits_total{kind=\"blob\", source=\"disk\"})", before + blobs);
      assertThat(sentOf(cluster, image)).isEqualTo(sent);
      for (int number = 1; number <= 3; number++) {
        staysWithinItsMemory(cluster.node(number));
      }
    }
  }

  @Test
  void the_others_go_on_where_one_is_killed() throws Exception {
    // Slow enough to be in mid-pull when it happens.
    try (Cluster cluster = Cluster.start(docker, 3, "  downloadBandwidth: 6MiB\n")) {
      Image first = cluster.push("e2e/during", 200, 64, 24, 8);
      Image second = cluster.push("e2e/after", 300, 16, 8);
      awaitEqual(cluster, "sum(tarn_members{state=\"ready\"})", 9);
      TarnContainer victim = cluster.node(3);

      FutureTask<PullReport> one = cluster.pull(cluster.node(1), "e2e/during");
      FutureTask<PullReport> two = cluster.pull(cluster.node(2), "e2e/during");
      FutureTask<PullReport> three = cluster.pull(victim, "e2e/during");
      Await.until(
          "the victim has a part",
          LIMIT,
          () -> Metrics.parse(victim.metrics()).sum("tarn_fetched_bytes_total") > 4 << 20);
      docker.client().killContainerCmd(victim.getContainerId()).exec();
      
      assertThat(one.get()).satisfies(ClusterIT::isGood);
      assertThat(two.get()).satisfies(ClusterIT::isGood);
      // As containerd's would, its client went to the registry itself.
      assertThat(three.get().succeeded()).isTrue();
      assertThat(three.get().fallbacks()).isPositive();
      assertThat((double) sentOf(cluster, first)).as("less than each for itself").isLessThan(3.0 * first.size());

      assertThat(cluster.pullAtOnce("e2e/after", cluster.node(1), cluster.node(2)))
          .allSatisfy(ClusterIT::isGood);
      assertShared(cluster, second);
      awaitEqual(cluster, "sum(up{job=\"tarn\"})", 2);
      staysWithinItsMemory(cluster.node(1));
      staysWithinItsMemory(cluster.node(2));
    }
  }

  /** Every byte was hashed as it came, and all of it came from the node. */
  private static void isGood(PullReport report) {
    assertThat(report.failure()).isEmpty();
    assertThat(report.wrong()).isEmpty();
    assertThat(report.fallbacks()).isZero();
  }

  private static void assertShared(Cluster cluster, Image image) throws Exception {
    Await.until(
        "the registry wrote down all that it sent",
        LIMIT,
        () -> sentOf(cluster, image) >= image.size());
    Map<String, Long> sent = cluster.registry().sentToNodes();
    for (Blob blob : image.blobs()) {
      assertThat(sent.getOrDefault(blob.digest(), 0L))
          .as("bytes sent of " + blob)
          .isGreaterThanOrEqualTo(blob.size());
    }
    assertThat((double) sentOf(cluster, image)).isLessThan(MOST_COPIES * image.size());
    System.out.printf("upstream sent %.3f copies%n", (double) sentOf(cluster, image) / image.size());
  }

  private static long sentOf(Cluster cluster, Image image) {
    Map<String, Long> sent = cluster.registry().sentToNodes();
    return image.blobs().stream()
        .mapToLong(blob -> sent.getOrDefault(blob.digest(), 0L))
        .sum();
  }

  private static void awaitEqual(Cluster cluster, String query, double expected) throws Exception {
    double[] last = {Double.NaN};
    try {
      Await.until(
          query,
          LIMIT,
          () -> {
            last[0] = cluster.prometheus().ask(query);
            return last[0] == expected;
          });
    } catch (RuntimeException late) {
      assertThat(last[0]).as(query).isEqualTo(expected);
      throw late;
    }
  }

  /** Whatever goes beyond the limit is killed: it stands where it stood. */
  private static void staysWithinItsMemory(TarnContainer node) throws Exception {
    ContainerState state = node.state();
    assertThat(state.getOOMKilled()).isFalse();
    assertThat(state.getRunning()).isTrue();
    System.out.printf("%s has %,d bytes%n", node.getNetworkAliases().getLast(), node.memoryBytes());
  }
}
