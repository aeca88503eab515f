package dev.tarn.server.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** The meters of one registry, resolved once so that a request looks nothing up. Thread-safe. */
public final class RegistryMetrics {
  private static final long QUOTA_UNKNOWN = -1;

  private final MeterRegistry meters;
  private final String registry;
  private final Counter staleAnswers;
  private final Counter tagsFromPeers;
  private final Counter tagsInvalidated;
  private final Counter served;
  private final Counter received;
  private final EnumTable<Kind, RequestOutcome, Counter> requests;
  private final Timer upstreamHeaders;
  private final AtomicLong quota = new AtomicLong(QUOTA_UNKNOWN);

  RegistryMetrics(MeterRegistry meters, String registry) {
    this.meters = meters;
    this.registry = registry;
    this.staleAnswers =
        Counter.builder(MeterNames.STALE_ANSWERS)
            .description("Answers with a tag's last known digest because upstream did not say")
            .tag(MeterNames.REGISTRY, registry)
            .register(meters);
    this.tagsFromPeers =
        Counter.builder(MeterNames.TAGS_FROM_PEERS)
            .description("Stale answers whose digest was known to other nodes only")
            .tag(MeterNames.REGISTRY, registry)
            .register(meters);
    this.tagsInvalidated =
        Counter.builder(MeterNames.TAGS_INVALIDATED)
            .description("Tags that an operator had this node forget")
            .tag(MeterNames.REGISTRY, registry)
            .register(meters);
    this.served =
        Counter.builder(MeterNames.REGISTRY_SERVED)
            .description("Bytes of bodies sent to clients, by the registry they asked for")
            .baseUnit(MeterNames.BYTES)
            .tag(MeterNames.REGISTRY, registry)
            .register(meters);
    this.received =
        Counter.builder(MeterNames.UPSTREAM_RECEIVED)
            .description("Bytes of content that came from upstream")
            .baseUnit(MeterNames.BYTES)
            .tag(MeterNames.REGISTRY, registry)
            .register(meters);
    this.upstreamHeaders =
        Timer.builder(MeterNames.UPSTREAM_HEADERS)
            .description("Time from a request to an upstream to the headers of its answer")
            .tag(MeterNames.REGISTRY, registry)
            .serviceLevelObjectives(MeterNames.BUCKETS)
            .register(meters);
    this.requests =
        new EnumTable<>(
            Kind.class,
            RequestOutcome.class,
            (kind, outcome) ->
                Counter.builder(MeterNames.REQUESTS)
                    .description("Requests to the registry endpoint")
                    .tag(MeterNames.REGISTRY, registry)
                    .tag(MeterNames.KIND, kind.label())
                    .tag(MeterNames.OUTCOME, outcome.label())
                    .register(meters));
  }

  /**
   * An upstream of this registry answered.
   *
   * @param headers from the request to the headers of the answer
   */
  public void upstreamAnswered(int status, Duration headers) {
    countUpstream(statusLabel(status));
    upstreamHeaders.record(headers);
  }

  /** An upstream told how many more requests it has for whoever asked last. */
  public void upstreamQuota(long remaining) {
    if (quota.getAndSet(remaining) == QUOTA_UNKNOWN) {
      Gauge.builder(MeterNames.UPSTREAM_QUOTA, quota, AtomicLong::get)
          .description("Requests that upstream still has for whoever asked last, as it said")
          .tag(MeterNames.REGISTRY, registry)
          .register(meters);
    }
  }

  /** An upstream of this registry gave no answer. */
  public void upstreamFailed(UpstreamFailure failure) {
    countUpstream(failure.label());
  }

  /** The body of an upstream's answer broke off or stalled. */
  public void upstreamBodyFailed(UpstreamFailure failure) {
    Counter.builder(MeterNames.UPSTREAM_BODY_FAILURES)
        .description("Bodies of upstream registries that broke off or stalled")
        .tag(MeterNames.REGISTRY, registry)
        .tag(MeterNames.REASON, failure.label())
        .register(meters)
        .increment();
  }

  /** What a tag names was known to other nodes only. */
  public void tagFromPeers() {
    tagsFromPeers.increment();
  }

  /** An operator had this node forget so many tags. */
  public void tagsInvalidated(int tags) {
    tagsInvalidated.increment(tags);
  }

  /** Requests so far that ended so. */
  long requests(RequestOutcome outcome) {
    long sum = 0;
    for (Kind kind : Kind.values()) {
      Counter counter = requests.find(kind, outcome);
      sum += counter == null ? 0 : (long) counter.count();
    }
    return sum;
  }

  void upstreamReceived(long bytes) {
    received.increment((double) bytes);
  }

  void requestServed(Kind kind, RequestOutcome outcome, long bytes) {
    requests.get(kind, outcome).increment();
    if (bytes > 0) {
      served.increment((double) bytes);
    }
    if (outcome == RequestOutcome.STALE) {
      staleAnswers.increment();
    }
  }

  private void countUpstream(String status) {
    Counter.builder(MeterNames.UPSTREAM_REQUESTS)
        .description("Requests sent to upstream registries")
        .tag(MeterNames.REGISTRY, registry)
        .tag(MeterNames.STATUS, status)
        .register(meters)
        .increment();
  }

  /** A status where it is one that registries are known for, else its class, so that few occur. */
  private static String statusLabel(int status) {
    return switch (status) {
      case 200, 206, 301, 302, 303, 304, 307, 308 -> Integer.toString(status);
      case 400, 401, 403, 404, 405, 416, 429 -> Integer.toString(status);
      case 500, 502, 503, 504 -> Integer.toString(status);
      default -> status >= 100 && status <= 599 ? status / 100 + "xx" : "invalid";
    };
  }
}
