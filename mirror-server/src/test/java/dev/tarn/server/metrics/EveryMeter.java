package dev.tarn.server.metrics;

import dev.tarn.core.containerd.ContainerdStatistics;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.placement.Member;
import dev.tarn.core.store.StoreStatistics;
import dev.tarn.server.membership.MemberState;
import dev.tarn.server.mirror.Source;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A registry with every meter that there is. */
final class EveryMeter implements AutoCloseable {
  static final RegistryHost HOST = new RegistryHost("quay.io");

  private final Metrics metrics;
  private final ScrapedMetrics scraped;
  private final MetricsPage page;

  EveryMeter() {
    PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    metrics = new Metrics(meters, List.of(HOST), "1");
    scraped = new ScrapedMetrics(meters, List.of(HOST));
    page = new MetricsPage(meters, metrics);
    report();
    bind();
  }

  Metrics metrics() {
    return metrics;
  }

  MetricsPage page() {
    return page;
  }

  private void report() {
    for (RequestOutcome outcome : RequestOutcome.values()) {
      metrics.requestServed(metrics.of(HOST), Kind.BLOB, outcome, Source.DISK, 1, 1, 1, null);
    }
    metrics.of(HOST).upstreamAnswered(200, Duration.ofMillis(1));
    metrics.of(HOST).upstreamQuota(76);
    metrics.of(HOST).upstreamBodyFailed(UpstreamFailure.TIMEOUT);
    PeerMetrics peers = metrics.peers();
    peers.bindChunks(() -> 1, () -> 1);
    peers.bindCertificate(() -> 1);
    peers.handshake("full");
    peers.asked("answered", 1);
    peers.fetched("whole");
    metrics
        .membership(() -> Duration.ZERO)
        .changed(List.of(new Member("a", "z", "a:1", true)), _ -> MemberState.READY);
  }

  private void bind() {
    scraped.bindStore(() -> new StoreStatistics(1, 1, 1, 1, 1, 1, true));
    scraped.bindContainerd(() -> new ContainerdStatistics(true, true, 1, 1, 1, 1, 1, 1, 1, 1, 1));
    scraped.bindTransfers(() -> 1);
    scraped.bindReady(() -> true);
    scraped.bindLog(() -> 1);
    scraped.bindAgent(() -> new AgentFigures(1, 1, 1, 1, 1, 1, 1, Set.of(Optional.of(HOST))));
    scraped.bindNetty(UnpooledByteBufAllocator.DEFAULT.metric());
    scraped.bindJvm();
  }

  @Override
  public void close() {
    scraped.close();
  }
}
