package dev.tarn.server.metrics;

import dev.tarn.core.name.RegistryHost;
import dev.tarn.server.mirror.Source;
import dev.tarn.server.trace.TraceParent;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts what is reported to it; what is asked for at each scrape is {@link ScrapedMetrics}.
 * Thread-safe; reporting an event neither blocks nor allocates once its labels were seen, so event
 * loops call it for every request. Of a request that its client traces, which few are, the trace is
 * remembered.
 *
 * <p>The label {@code registry} is a configured registry's name or {@code unknown}. {@code
 * docs/metrics.md} describes what is here; a test holds the two against each other.
 */
public final class Metrics {
  private final MeterRegistry meters;
  private final Map<RegistryHost, RegistryMetrics> registries = new HashMap<>();
  private final RegistryMetrics unknownRegistry;
  private final Map<Source, Counter> served;
  private final Map<Source, Counter> fetched;
  private final EnumTable<Kind, Source, Counter> hits;
  private final EnumTable<Kind, Source, Counter> misses;
  private final EnumTable<Kind, Source, Timer> firstByte;
  private final EnumTable<Kind, Source, Timer> lastByte;
  private final LastTraces firstByteTraces;
  private final LastTraces lastByteTraces;
  private final AtomicInteger connections = new AtomicInteger();
  private final Counter connectionsRefused;
  private final Counter corruptBlobs;
  private final Counter unkeptBlobs;

  public Metrics(MeterRegistry meters, Collection<RegistryHost> configured, String version) {
    this.meters = meters;
    for (RegistryHost host : configured) {
      registries.put(host, new RegistryMetrics(meters, host.value()));
    }
    this.unknownRegistry = new RegistryMetrics(meters, MeterNames.UNKNOWN_REGISTRY);
    this.served = bytesBySource(MeterNames.SERVED, "Bytes of content sent to clients");
    this.fetched = bytesBySource(MeterNames.FETCHED, "Bytes of content fetched to this node");
    this.hits = byKindAndSource(MeterNames.HITS, "Answers with content that was here");
    this.misses = byKindAndSource(MeterNames.MISSES, "Answers with content fetched for them");
    this.firstByte =
        timers(MeterNames.FIRST_BYTE, "Time from request to the first byte of its answer");
    this.lastByte = timers(MeterNames.LAST_BYTE, "Time from request to the end of its answer");
    this.firstByteTraces = new LastTraces(MeterNames.FIRST_BYTE, meters.config().clock());
    this.lastByteTraces = new LastTraces(MeterNames.LAST_BYTE, meters.config().clock());
    Gauge.builder(MeterNames.CONNECTIONS, connections, AtomicInteger::get)
        .description("Open connections of the registry endpoint")
        .register(meters);
    this.connectionsRefused =
        Counter.builder(MeterNames.CONNECTIONS_REFUSED)
            .description("Connections closed at once because there were too many")
            .register(meters);
    this.corruptBlobs =
        Counter.builder(MeterNames.STORE_CORRUPT)
            .description("Blobs given up because their bytes on disk had changed")
            .register(meters);
    this.unkeptBlobs =
        Counter.builder(MeterNames.STORE_UNKEPT)
            .description("Blobs passed on and not kept because there was no room")
            .register(meters);
    Gauge.builder(MeterNames.BUILD, () -> 1)
        .description("Always 1; the label tells the version")
        .tag(MeterNames.VERSION, version)
        .register(meters);
  }

  /** The meters of one registry; those of all that are not configured are the same. */
  public RegistryMetrics of(RegistryHost host) {
    RegistryMetrics metrics = registries.get(host);
    return metrics == null ? unknownRegistry : metrics;
  }

  /** The meters of requests that name no registry that is configured. */
  public RegistryMetrics ofUnknownRegistry() {
    return unknownRegistry;
  }

  /**
   * A request was answered, or its answer was given up.
   *
   * @param source where the content came from, {@link Source#NONE} where there was none
   * @param bytes of the body that were sent
   * @param firstByteNanos from the request to the first byte of its answer, negative where none
   *     left
   * @param totalNanos from the request to the end of its answer
   * @param trace what the client sent the request for, if it said so
   */
  public void requestServed(
      RegistryMetrics registry,
      Kind kind,
      RequestOutcome outcome,
      Source source,
      long bytes,
      long firstByteNanos,
      long totalNanos,
      @Nullable TraceParent trace) {
    registry.requestServed(kind, outcome, bytes);
    switch (outcome) {
      case HIT, STALE -> hits.get(kind, source).increment();
      case MISS -> misses.get(kind, source).increment();
      case PASSED, NOT_FOUND, DENIED, REJECTED, TIMEOUT, UNAVAILABLE, CUT, ABORTED -> {}
    }
    if (bytes > 0) {
      add(served, source, bytes);
    }
    if (firstByteNanos >= 0) {
      firstByte.get(kind, source).record(firstByteNanos, TimeUnit.NANOSECONDS);
    }
    lastByte.get(kind, source).record(totalNanos, TimeUnit.NANOSECONDS);
    if (trace != null) {
      lastByteTraces.observed(kind, source, totalNanos, trace);
      if (firstByteNanos >= 0) {
        firstByteTraces.observed(kind, source, firstByteNanos, trace);
      }
    }
  }

  /** The same with the traces that are known of it. */
  MetricSnapshot withExemplars(MetricSnapshot snapshot) {
    return lastByteTraces.addTo(firstByteTraces.addTo(snapshot));
  }

  /** Answers so far with content that was here, where it was {@code source}. */
  public long hits(Source source) {
    return count(hits, source);
  }

  /** Answers so far with content that was fetched for them from {@code source}. */
  public long misses(Source source) {
    return count(misses, source);
  }

  private static long count(EnumTable<Kind, Source, Counter> counters, Source source) {
    long sum = 0;
    for (Kind kind : Kind.values()) {
      Counter counter = counters.find(kind, source);
      sum += counter == null ? 0 : (long) counter.count();
    }
    return sum;
  }

  /** Bytes sent to clients so far that came from {@code source}. */
  public long servedBytes(Source source) {
    return (long) Objects.requireNonNull(served.get(source)).count();
  }

  /** Bytes of content that arrived so far from {@code source}. */
  public long fetchedBytes(Source source) {
    return (long) Objects.requireNonNull(fetched.get(source)).count();
  }

  /** Requests so far that ended so, of all registries. */
  public long requests(RequestOutcome outcome) {
    long sum = unknownRegistry.requests(outcome);
    for (RegistryMetrics registry : registries.values()) {
      sum += registry.requests(outcome);
    }
    return sum;
  }

  /** Blobs given up so far. */
  public long corruptBlobs() {
    return (long) corruptBlobs.count();
  }

  /** Connections refused so far. */
  public long connectionsRefused() {
    return (long) connectionsRefused.count();
  }

  /** Bytes of a registry's content arrived at this node. */
  public void bytesFetched(RegistryMetrics registry, Source source, long bytes) {
    add(fetched, source, bytes);
    if (source == Source.UPSTREAM) {
      registry.upstreamReceived(bytes);
    }
  }

  /** A blob was passed on to one client and not kept, because there was no room. */
  public void blobUnkept() {
    unkeptBlobs.increment();
  }

  /** What was here turned out to be something else, and was given up. */
  public void blobCorrupt() {
    corruptBlobs.increment();
  }

  public void connectionOpened() {
    connections.incrementAndGet();
  }

  public void connectionClosed() {
    connections.decrementAndGet();
  }

  /** A connection was closed at once, because there were too many; it was never opened here. */
  public void connectionRefused() {
    connectionsRefused.increment();
  }

  /**
   * The meters of the membership, for a node that has one.
   *
   * @param age asked for each scrape
   */
  public MemberMetrics membership(Supplier<Duration> age) {
    return new MemberMetrics(meters, age);
  }

  /** The meters of what nodes give each other, for a node that has peers. */
  public PeerMetrics peers() {
    return new PeerMetrics(meters);
  }

  private static void add(Map<Source, Counter> counters, Source source, long bytes) {
    // Every source has its counter from the start.
    Objects.requireNonNull(counters.get(source)).increment((double) bytes);
  }

  static String label(Source source) {
    return source.name().toLowerCase(Locale.ROOT);
  }

  private Map<Source, Counter> bytesBySource(String name, String description) {
    Map<Source, Counter> counters = new EnumMap<>(Source.class);
    for (Source source : Source.values()) {
      counters.put(
          source,
          Counter.builder(name)
              .description(description)
              .baseUnit(MeterNames.BYTES)
              .tag(MeterNames.SOURCE, label(source))
              .register(meters));
    }
    return counters;
  }

  private EnumTable<Kind, Source, Counter> byKindAndSource(String name, String description) {
    return new EnumTable<>(
        Kind.class,
        Source.class,
        (kind, source) ->
            Counter.builder(name)
                .description(description)
                .tag(MeterNames.KIND, kind.label())
                .tag(MeterNames.SOURCE, label(source))
                .register(meters));
  }

  private EnumTable<Kind, Source, Timer> timers(String name, String description) {
    return new EnumTable<>(
        Kind.class,
        Source.class,
        (kind, source) ->
            Timer.builder(name)
                .description(description)
                .tag(MeterNames.KIND, kind.label())
                .tag(MeterNames.SOURCE, label(source))
                .serviceLevelObjectives(MeterNames.BUCKETS)
                .register(meters));
  }
}
