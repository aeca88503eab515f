package dev.tarn.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.store.StoreStatistics;
import dev.tarn.server.mirror.Outcome;
import dev.tarn.server.mirror.Source;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetricsTest {
  private static final RegistryHost QUAY = new RegistryHost("quay.io");

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Metrics metrics = new Metrics(meters, List.of(QUAY), "1");
  private final ScrapedMetrics scraped = new ScrapedMetrics(meters, List.of(QUAY));

  @Test
  void whatTheStoreCountsIsStillAskedForAfterACollectionOfGarbage() {
    AtomicLong evicted = new AtomicLong();
    scraped.bindStore(() -> new StoreStatistics(0, 0, 0, evicted.get(), 0, 0, false));
    System.gc();

    evicted.set(3);

    assertThat(meters.get(MeterNames.STORE_EVICTED_BLOBS).functionCounter().count()).isEqualTo(3);
  }

  @Test
  void aHitIsCountedByRegistryKindOutcomeAndSource() {
    serve(QUAY, Kind.BLOB, RequestOutcome.HIT, Source.DISK, 100);

    assertThat(
            meters
                .get(MeterNames.REQUESTS)
                .tags("registry", "quay.io", "kind", "blob", "outcome", "hit")
                .counter()
                .count())
        .isEqualTo(1);
    assertThat(meters.get(MeterNames.HITS).tags("source", "disk", "kind", "blob").counter().count())
        .isEqualTo(1);
    assertThat(meters.find(MeterNames.MISSES).counters()).isEmpty();
    assertThat(meters.get(MeterNames.SERVED).tag("source", "disk").counter().count())
        .isEqualTo(100);
    assertThat(
            meters
                .get(MeterNames.FIRST_BYTE)
                .tag("source", "disk")
                .timer()
                .totalTime(TimeUnit.NANOSECONDS))
        .isEqualTo(5);
    assertThat(
            meters
                .get(MeterNames.LAST_BYTE)
                .tag("source", "disk")
                .timer()
                .totalTime(TimeUnit.NANOSECONDS))
        .isEqualTo(7);
  }

  @Test
  void aMissIsCountedByWhereItWasFetched() {
    serve(QUAY, Kind.BLOB, RequestOutcome.MISS, Source.UPSTREAM, 9);
    assertThat(meters.get(MeterNames.MISSES).tag("source", "upstream").counter().count())
        .isEqualTo(1);
    assertThat(meters.find(MeterNames.HITS).counters()).isEmpty();
  }

  @Test
  void bytesAreCountedByRegistryToo() {
    serve(QUAY, Kind.BLOB, RequestOutcome.HIT, Source.DISK, 100);
    serve(QUAY, Kind.BLOB, RequestOutcome.MISS, Source.PEER, 20);
    serve(new RegistryHost("a.example"), Kind.BLOB, RequestOutcome.MISS, Source.UPSTREAM, 3);
    metrics.bytesFetched(metrics.of(QUAY), Source.PEER, 20);
    metrics.bytesFetched(metrics.of(QUAY), Source.UPSTREAM, 4);

    assertThat(counted(MeterNames.REGISTRY_SERVED, "quay.io")).isEqualTo(120);
    assertThat(counted(MeterNames.REGISTRY_SERVED, "unknown")).isEqualTo(3);
    assertThat(counted(MeterNames.UPSTREAM_RECEIVED, "quay.io"))
        .as("not what peers gave")
        .isEqualTo(4);
    assertThat(counted(MeterNames.UPSTREAM_RECEIVED, "unknown")).isZero();
    assertThat(meters.get(MeterNames.FETCHED).tag("source", "peer").counter().count())
        .isEqualTo(20);
  }

  @Test
  void readinessAndWhatWasNotKeptAreShown() {
    AtomicBoolean ready = new AtomicBoolean();
    scraped.bindReady(ready::get);
    assertThat(meters.get(MeterNames.READY).gauge().value()).isZero();

    ready.set(true);
    metrics.blobUnkept();

    assertThat(meters.get(MeterNames.READY).gauge().value()).isEqualTo(1);
    assertThat(meters.get(MeterNames.STORE_UNKEPT).counter().count()).isEqualTo(1);
  }

  private double counted(String name, String registry) {
    return meters.get(name).tag("registry", registry).counter().count();
  }

  @Test
  void aStaleAnswerIsAHitAndStale() {
    serve(QUAY, Kind.MANIFEST, RequestOutcome.STALE, Source.DISK, 9);
    assertThat(meters.get(MeterNames.HITS).counter().count()).isEqualTo(1);
    assertThat(meters.get(MeterNames.STALE_ANSWERS).tag("registry", "quay.io").counter().count())
        .isEqualTo(1);
  }

  @Test
  void registriesThatAreNotConfiguredShareOneLabel() {
    RegistryHost first = new RegistryHost("a.example");
    RegistryHost second = new RegistryHost("b.example");
    assertThat(metrics.of(first))
        .isSameAs(metrics.of(second))
        .isSameAs(metrics.ofUnknownRegistry())
        .isNotSameAs(metrics.of(QUAY));

    serve(first, Kind.OTHER, RequestOutcome.NOT_FOUND, Source.NONE, 0);
    assertThat(meters.get(MeterNames.REQUESTS).tag("registry", "unknown").counter().count())
        .isEqualTo(1);
  }

  @Test
  void anAnswerWithoutAFirstByteHasOnlyATotal() {
    metrics.requestServed(
        metrics.of(QUAY), Kind.BLOB, RequestOutcome.ABORTED, Source.UPSTREAM, 0, -1, 7, null);
    assertThat(meters.find(MeterNames.FIRST_BYTE).timers()).isEmpty();
    assertThat(meters.get(MeterNames.LAST_BYTE).timer().count()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "200, 200",
    "206, 206",
    "401, 401",
    "429, 429",
    "503, 503",
    "201, 2xx",
    "418, 4xx",
    "599, 5xx",
    "0, invalid",
    "999, invalid"
  })
  void rareStatusesOfUpstreamsShareTheLabelOfTheirClass(int status, String label) {
    metrics.of(QUAY).upstreamAnswered(status, Duration.ofMillis(1));
    assertThat(meters.get(MeterNames.UPSTREAM_REQUESTS).tag("status", label).counter().count())
        .isEqualTo(1);
  }

  @Test
  void anUpstreamThatDidNotAnswerIsCountedByTheReason() {
    metrics.of(QUAY).upstreamFailed(UpstreamFailure.TIMEOUT);
    assertThat(meters.get(MeterNames.UPSTREAM_REQUESTS).tag("status", "timeout").counter().count())
        .isEqualTo(1);
  }

  @Test
  void whatIsLeftOfAQuotaIsUpstreamsLastWordAndThereOnceItSpoke() {
    assertThat(meters.find(MeterNames.UPSTREAM_QUOTA).gauges()).isEmpty();

    metrics.of(QUAY).upstreamQuota(76);
    metrics.of(QUAY).upstreamQuota(0);

    assertThat(meters.get(MeterNames.UPSTREAM_QUOTA).tag("registry", "quay.io").gauge().value())
        .isZero();
    assertThat(meters.find(MeterNames.UPSTREAM_QUOTA).gauges()).hasSize(1);
  }

  @Test
  void openConnectionsAreOpenedLessClosed() {
    metrics.connectionOpened();
    metrics.connectionOpened();
    metrics.connectionClosed();
    metrics.connectionRefused();
    assertThat(meters.get(MeterNames.CONNECTIONS).gauge().value()).isEqualTo(1);
    assertThat(meters.get(MeterNames.CONNECTIONS_REFUSED).counter().count()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "HIT, 200, true, false, HIT",
    "MISS, 206, true, false, MISS",
    "MISS, 200, false, true, ABORTED",
    "MISS, 200, false, false, CUT",
    "PASSED, 404, true, false, NOT_FOUND",
    "PASSED, 401, true, false, DENIED",
    "PASSED, 200, true, false, PASSED",
    "REJECTED, 416, true, false, REJECTED",
    "FAILED, 504, true, false, TIMEOUT",
    "FAILED, 503, true, false, UNAVAILABLE",
  })
  void anOutcomeFollowsFromTheAnswerAndItsEnd(
      Outcome answered, int status, boolean completed, boolean left, RequestOutcome expected) {
    assertThat(RequestOutcome.of(answered, status, completed, left)).isEqualTo(expected);
  }

  private void serve(
      RegistryHost host, Kind kind, RequestOutcome outcome, Source source, long bytes) {
    metrics.requestServed(metrics.of(host), kind, outcome, source, bytes, 5, 7, null);
  }
}
