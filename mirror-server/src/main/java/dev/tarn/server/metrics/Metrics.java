package dev.tarn.server.metrics;

import dev.tarn.core.containerd.ContainerdStatistics;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.store.StoreStatistics;
import dev.tarn.server.mirror.Source;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.netty.buffer.ByteBufAllocatorMetric;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Every meter of the server, with its name and labels. Thread-safe; reporting an event neither
 * blocks nor allocates once its labels were seen, so event loops call it for every request.
 *
 * <p>The label {@code registry} is a configured registry's name or {@value #UNKNOWN_REGISTRY}.
 * {@code docs/metrics.md} describes what is here; a test holds the two against each other.
 */
public final class Metrics implements AutoCloseable {
  static final String REQUESTS = "tarn.requests";
  static final String HITS = "tarn.hits";
  static final String MISSES = "tarn.misses";
  static final String STALE_ANSWERS = "tarn.stale.answers";
  static final String TAGS_FROM_PEERS = "tarn.tags.from.peers";
  static final String TAGS_INVALIDATED = "tarn.tags.invalidated";
  static final String SERVED = "tarn.served";
  static final String FETCHED = "tarn.fetched";
  static final String REGISTRY_SERVED = "tarn.registry.served";
  static final String FIRST_BYTE = "tarn.first.byte";
  static final String LAST_BYTE = "tarn.last.byte";
  static final String UPSTREAM_REQUESTS = "tarn.upstream.requests";
  static final String UPSTREAM_QUOTA = "tarn.upstream.ratelimit.remaining";
  static final String UPSTREAM_RECEIVED = "tarn.upstream.received";
  static final String UPSTREAM_HEADERS = "tarn.upstream.headers";
  static final String UPSTREAM_BODY_FAILURES = "tarn.upstream.body.failures";
  static final String TRANSFERS = "tarn.transfers.in.flight";
  static final String CONNECTIONS = "tarn.connections";
  static final String CONNECTIONS_REFUSED = "tarn.connections.refused";
  static final String STORE_BLOBS = "tarn.store.blobs";
  static final String STORE_BYTES = "tarn.store";
  static final String STORE_PARTIAL = "tarn.store.partial";
  static final String STORE_LIMIT = "tarn.store.limit";
  static final String STORE_SQUEEZED = "tarn.store.squeezed";
  static final String STORE_EVICTED_BLOBS = "tarn.store.evicted.blobs";
  static final String STORE_EVICTED = "tarn.store.evicted";
  static final String STORE_CORRUPT = "tarn.store.corrupt.blobs";
  static final String STORE_UNKEPT = "tarn.store.unkept.blobs";
  static final String CONTAINERD_READABLE = "tarn.containerd.readable";
  static final String CONTAINERD_WATCHED = "tarn.containerd.watched";
  static final String CONTAINERD_BLOBS = "tarn.containerd.blobs";
  static final String CONTAINERD_BYTES = "tarn.containerd";
  static final String CONTAINERD_VERIFIED_BLOBS = "tarn.containerd.verified.blobs";
  static final String CONTAINERD_VERIFIED = "tarn.containerd.verified";
  static final String CONTAINERD_MISMATCHED = "tarn.containerd.mismatched.blobs";
  static final String CONTAINERD_UNREADABLE = "tarn.containerd.unreadable.blobs";
  static final String CONTAINERD_HASHED = "tarn.containerd.hashed";
  static final String CONTAINERD_LISTINGS = "tarn.containerd.listings";
  static final String CONTAINERD_OPENED = "tarn.containerd.opened";
  static final String NETTY_DIRECT = "tarn.netty.direct.memory";
  static final String NETTY_HEAP = "tarn.netty.heap.memory";
  static final String MEMBERS = "tarn.members";
  static final String MEMBERSHIP_CHANGES = "tarn.membership.changes";
  static final String MEMBERSHIP_FAILURES = "tarn.membership.failures";
  static final String MEMBERSHIP_AGE = "tarn.membership.age";
  static final String PEER_CONNECTIONS = "tarn.peer.connections";
  static final String PEER_CONNECTIONS_REFUSED = "tarn.peer.connections.refused";
  static final String PEER_HANDSHAKES = "tarn.peer.handshakes";
  static final String PEER_QUESTIONS = "tarn.peer.questions";
  static final String PEER_QUESTION_DURATION = "tarn.peer.question.duration";
  static final String PEER_FETCHES = "tarn.peer.fetches";
  static final String PEER_SENT = "tarn.peer.sent";
  static final String PEER_RECEIVED = "tarn.peer.received";
  static final String PEER_UPLOADS = "tarn.peer.uploads";
  static final String PEER_DOWNLOADS = "tarn.peer.downloads";
  static final String PEER_FAULTS = "tarn.peer.faults";
  static final String PEER_CERTIFICATE_EXPIRY = "tarn.peer.certificate.expiry";
  static final String AGENT_REPORT_AGE = "tarn.agent.report.age";
  static final String AGENT_ENTRIES = "tarn.agent.entries";
  static final String AGENT_REPORTS = "tarn.agent.reports";
  static final String AGENT_UPSTREAMS = "tarn.agent.upstreams";
  static final String AGENT_UPSTREAMS_FAILURES = "tarn.agent.upstreams.failures";
  static final String AGENT_UPSTREAMS_LEFT_OUT = "tarn.agent.upstreams.left.out";
  static final String LOG_DROPPED = "tarn.log.events.dropped";
  static final String READY = "tarn.ready";
  static final String BUILD = "tarn.build.info";

  static final String REGISTRY = "registry";
  static final String KIND = "kind";
  static final String OUTCOME = "outcome";
  static final String SOURCE = "source";
  static final String STATUS = "status";
  static final String REASON = "reason";
  static final String VERSION = "version";
  static final String ZONE = "zone";
  static final String STATE = "state";
  static final String UNKNOWN_REGISTRY = "unknown";

  static final String BYTES = "bytes";
  static final Duration[] BUCKETS = {
    Duration.ofMillis(1),
    Duration.ofMillis(5),
    Duration.ofMillis(25),
    Duration.ofMillis(100),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofSeconds(5),
    Duration.ofSeconds(10),
    Duration.ofSeconds(30),
    Duration.ofSeconds(60),
    Duration.ofMinutes(5),
  };

  private final MeterRegistry meters;
  private final Map<RegistryHost, RegistryMetrics> registries = new HashMap<>();
  private final RegistryMetrics unknownRegistry;
  private final Map<Source, Counter> served;
  private final Map<Source, Counter> fetched;
  private final EnumTable<Kind, Source, Counter> hits;
  private final EnumTable<Kind, Source, Counter> misses;
  private final EnumTable<Kind, Source, Timer> firstByte;
  private final EnumTable<Kind, Source, Timer> lastByte;
  private final AtomicInteger connections = new AtomicInteger();
  private final Counter connectionsRefused;
  private final Counter corruptBlobs;
  private final Counter unkeptBlobs;

  /** What counters ask: Micrometer itself would let the garbage collector have it. */
  private final List<LongSupplier> counted = new ArrayList<>();

  private @Nullable JvmMetrics jvm;

  public Metrics(MeterRegistry meters, Collection<RegistryHost> configured, String version) {
    this.meters = meters;
    for (RegistryHost host : configured) {
      registries.put(host, new RegistryMetrics(meters, host.value()));
    }
    this.unknownRegistry = new RegistryMetrics(meters, UNKNOWN_REGISTRY);
    this.served = bytesBySource(SERVED, "Bytes of content sent to clients");
    this.fetched = bytesBySource(FETCHED, "Bytes of content fetched to this node");
    this.hits = byKindAndSource(HITS, "Answers with content that was here");
    this.misses = byKindAndSource(MISSES, "Answers with content fetched for them");
    this.firstByte = timers(FIRST_BYTE, "Time from request to the first byte of its answer");
    this.lastByte = timers(LAST_BYTE, "Time from request to the end of its answer");
    Gauge.builder(CONNECTIONS, connections, AtomicInteger::get)
        .description("Open connections of the registry endpoint")
        .register(meters);
    this.connectionsRefused =
        Counter.builder(CONNECTIONS_REFUSED)
            .description("Connections closed at once because there were too many")
            .register(meters);
    this.corruptBlobs =
        Counter.builder(STORE_CORRUPT)
            .description("Blobs given up because their bytes on disk had changed")
            .register(meters);
    this.unkeptBlobs =
        Counter.builder(STORE_UNKEPT)
            .description("Blobs passed on and not kept because there was no room")
            .register(meters);
    Gauge.builder(BUILD, () -> 1)
        .description("Always 1; the label tells the version")
        .tag(VERSION, version)
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
   */
  public void requestServed(
      RegistryMetrics registry,
      Kind kind,
      RequestOutcome outcome,
      Source source,
      long bytes,
      long firstByteNanos,
      long totalNanos) {
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

  /** Shows what the store holds. The supplier is asked several times a scrape: it must be cheap. */
  public void bindStore(Supplier<StoreStatistics> store) {
    gauge(STORE_BLOBS, "Complete blobs in the store", "", () -> store.get().blobs());
    gauge(STORE_BYTES, "Bytes of complete blobs", BYTES, () -> store.get().bytes());
    gauge(STORE_PARTIAL, "Bytes of partial content", BYTES, () -> store.get().partialBytes());
    gauge(STORE_LIMIT, "Bytes the store may take now", BYTES, () -> store.get().limitBytes());
    gauge(
        STORE_SQUEEZED,
        "1 while free space, not the configured size, limits the store",
        "",
        () -> store.get().squeezed() ? 1 : 0);
    counter(STORE_EVICTED_BLOBS, "Blobs evicted", "", () -> store.get().evictedBlobs());
    counter(STORE_EVICTED, "Bytes evicted", BYTES, () -> store.get().evictedBytes());
  }

  /** Shows what is known of containerd's content. The supplier must be cheap. */
  public void bindContainerd(Supplier<ContainerdStatistics> now) {
    gauge(
        CONTAINERD_READABLE,
        "1 while containerd's content directory can be listed",
        "",
        () -> now.get().readable() ? 1 : 0);
    gauge(
        CONTAINERD_WATCHED,
        "1 while changes of the directory are told by the kernel",
        "",
        () -> now.get().watched() ? 1 : 0);
    gauge(CONTAINERD_BLOBS, "Blobs that containerd holds", "", () -> now.get().blobs());
    gauge(CONTAINERD_BYTES, "Bytes of these", BYTES, () -> now.get().bytes());
    gauge(
        CONTAINERD_VERIFIED_BLOBS,
        "Those whose bytes matched, which may be served",
        "",
        () -> now.get().verifiedBlobs());
    gauge(CONTAINERD_VERIFIED, "Bytes of these", BYTES, () -> now.get().verifiedBytes());
    gauge(
        CONTAINERD_MISMATCHED,
        "Those whose bytes are not what their name says",
        "",
        () -> now.get().mismatchedBlobs());
    gauge(
        CONTAINERD_UNREADABLE,
        "Those that could not be read",
        "",
        () -> now.get().unreadableBlobs());
    counter(CONTAINERD_HASHED, "Bytes hashed", BYTES, () -> now.get().hashedBytes());
    counter(CONTAINERD_LISTINGS, "Listings of the directory", "", () -> now.get().scans());
    counter(CONTAINERD_OPENED, "Blobs opened to be served", "", () -> now.get().opened());
  }

  /** Shows what is known of the containerd-config-agent. The supplier must be cheap. */
  public void bindAgent(Supplier<AgentFigures> now) {
    gauge(
        AGENT_REPORT_AGE,
        "Time since the agent's last report, or since this node's start",
        "seconds",
        () -> now.get().reportAgeSeconds());
    gauge(AGENT_ENTRIES, "Entries on the node that lead to it", "", () -> now.get().entries());
    reports("heard", () -> now.get().heard());
    reports("refused", () -> now.get().refused());
    reports("malformed", () -> now.get().malformed());
    gauge(
        AGENT_UPSTREAMS,
        "Registries that are fetched from whom the agent found",
        "",
        () -> now.get().upstreams());
    counter(
        AGENT_UPSTREAMS_FAILURES,
        "Times that what the agent found made no sense",
        "",
        () -> now.get().upstreamsFailures());
    registries.keySet().forEach(host -> leftOut(host.value(), Optional.of(host), now));
    leftOut(UNKNOWN_REGISTRY, Optional.empty(), now);
  }

  private void leftOut(String label, Optional<RegistryHost> registry, Supplier<AgentFigures> now) {
    Gauge.builder(AGENT_UPSTREAMS_LEFT_OUT, () -> now.get().leftOut().contains(registry) ? 1 : 0)
        .description("1 while what the agent found for the registry is not followed")
        .tag(REGISTRY, label)
        .register(meters);
  }

  private void reports(String outcome, LongSupplier value) {
    counted.add(value);
    FunctionCounter.builder(AGENT_REPORTS, value, LongSupplier::getAsLong)
        .description("What came to where the agent reports")
        .tag(OUTCOME, outcome)
        .register(meters);
  }

  /** Shows whether this node is ready. */
  public void bindReady(BooleanSupplier ready) {
    gauge(READY, "1 while this node is ready", "", () -> ready.getAsBoolean() ? 1 : 0);
  }

  /** Shows how many transfers are in flight. */
  public void bindTransfers(IntSupplier inFlight) {
    gauge(TRANSFERS, "Transfers in flight", "", inFlight::getAsInt);
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

  /** Shows how many log events were dropped because nobody took them. */
  public void bindLog(LongSupplier dropped) {
    counter(LOG_DROPPED, "Log events dropped because the log was not read", "", dropped);
  }

  /** Shows the memory of an allocator, the one that the server's channels use. */
  public void bindNetty(ByteBufAllocatorMetric allocator) {
    gauge(NETTY_DIRECT, "Netty's direct memory", BYTES, allocator::usedDirectMemory);
    gauge(NETTY_HEAP, "Netty's heap memory", BYTES, allocator::usedHeapMemory);
  }

  /** Shows the JVM. It loads management beans, which takes a while: call it after ready. */
  public void bindJvm() {
    jvm = new JvmMetrics(meters);
  }

  /** Stops listening to the JVM; the injected registry stays open. */
  @Override
  public void close() {
    if (jvm != null) {
      jvm.close();
    }
  }

  private static void add(Map<Source, Counter> counters, Source source, long bytes) {
    // Every source has its counter from the start.
    Objects.requireNonNull(counters.get(source)).increment((double) bytes);
  }

  private static String label(Source source) {
    return source.name().toLowerCase(Locale.ROOT);
  }

  private Map<Source, Counter> bytesBySource(String name, String description) {
    Map<Source, Counter> counters = new EnumMap<>(Source.class);
    for (Source source : Source.values()) {
      counters.put(
          source,
          Counter.builder(name)
              .description(description)
              .baseUnit(BYTES)
              .tag(SOURCE, label(source))
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
                .tag(KIND, kind.label())
                .tag(SOURCE, label(source))
                .register(meters));
  }

  private EnumTable<Kind, Source, Timer> timers(String name, String description) {
    return new EnumTable<>(
        Kind.class,
        Source.class,
        (kind, source) ->
            Timer.builder(name)
                .description(description)
                .tag(KIND, kind.label())
                .tag(SOURCE, label(source))
                .serviceLevelObjectives(BUCKETS)
                .register(meters));
  }

  private void gauge(String name, String description, String unit, LongSupplier value) {
    Gauge.builder(name, value::getAsLong)
        .description(description)
        .baseUnit(unit.isEmpty() ? null : unit)
        .strongReference(true)
        .register(meters);
  }

  private void counter(String name, String description, String unit, LongSupplier value) {
    counted.add(value);
    FunctionCounter.builder(name, value, LongSupplier::getAsLong)
        .description(description)
        .baseUnit(unit.isEmpty() ? null : unit)
        .register(meters);
  }
}
