package dev.tarn.server.metrics;

import dev.tarn.core.containerd.ContainerdStatistics;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.store.StoreStatistics;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.buffer.ByteBufAllocatorMetric;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The meters that are asked for their value at each scrape. What is to be asked is bound as the
 * node's parts come up, by whichever thread; each once. Thread-safe.
 */
public final class ScrapedMetrics implements AutoCloseable {
  private final MeterRegistry meters;
  private final List<RegistryHost> registries;

  /** What counters ask: Micrometer itself would let the garbage collector have it. */
  private final List<LongSupplier> counted = new CopyOnWriteArrayList<>();

  private volatile @Nullable JvmMetrics jvm;

  public ScrapedMetrics(MeterRegistry meters, Collection<RegistryHost> configured) {
    this.meters = meters;
    this.registries = List.copyOf(configured);
  }

  /** Shows what the store holds. The supplier is asked several times a scrape: it must be cheap. */
  public void bindStore(Supplier<StoreStatistics> store) {
    gauge(MeterNames.STORE_BLOBS, "Complete blobs in the store", "", () -> store.get().blobs());
    gauge(
        MeterNames.STORE_BYTES,
        "Bytes of complete blobs",
        MeterNames.BYTES,
        () -> store.get().bytes());
    gauge(
        MeterNames.STORE_PARTIAL,
        "Bytes of partial content",
        MeterNames.BYTES,
        () -> store.get().partialBytes());
    gauge(
        MeterNames.STORE_LIMIT,
        "Bytes the store may take now",
        MeterNames.BYTES,
        () -> store.get().limitBytes());
    gauge(
        MeterNames.STORE_SQUEEZED,
        "1 while free space, not the configured size, limits the store",
        "",
        () -> store.get().squeezed() ? 1 : 0);
    counter(MeterNames.STORE_EVICTED_BLOBS, "Blobs evicted", "", () -> store.get().evictedBlobs());
    counter(
        MeterNames.STORE_EVICTED,
        "Bytes evicted",
        MeterNames.BYTES,
        () -> store.get().evictedBytes());
  }

  /** Shows what is known of containerd's content. The supplier must be cheap. */
  public void bindContainerd(Supplier<ContainerdStatistics> now) {
    gauge(
        MeterNames.CONTAINERD_READABLE,
        "1 while containerd's content directory can be listed",
        "",
        () -> now.get().readable() ? 1 : 0);
    gauge(
        MeterNames.CONTAINERD_WATCHED,
        "1 while changes of the directory are told by the kernel",
        "",
        () -> now.get().watched() ? 1 : 0);
    gauge(MeterNames.CONTAINERD_BLOBS, "Blobs that containerd holds", "", () -> now.get().blobs());
    gauge(MeterNames.CONTAINERD_BYTES, "Bytes of these", MeterNames.BYTES, () -> now.get().bytes());
    gauge(
        MeterNames.CONTAINERD_VERIFIED_BLOBS,
        "Those whose bytes matched, which may be served",
        "",
        () -> now.get().verifiedBlobs());
    gauge(
        MeterNames.CONTAINERD_VERIFIED,
        "Bytes of these",
        MeterNames.BYTES,
        () -> now.get().verifiedBytes());
    gauge(
        MeterNames.CONTAINERD_MISMATCHED,
        "Those whose bytes are not what their name says",
        "",
        () -> now.get().mismatchedBlobs());
    gauge(
        MeterNames.CONTAINERD_UNREADABLE,
        "Those that could not be read",
        "",
        () -> now.get().unreadableBlobs());
    counter(
        MeterNames.CONTAINERD_HASHED,
        "Bytes hashed",
        MeterNames.BYTES,
        () -> now.get().hashedBytes());
    counter(
        MeterNames.CONTAINERD_LISTINGS, "Listings of the directory", "", () -> now.get().scans());
    counter(
        MeterNames.CONTAINERD_OPENED, "Blobs opened to be served", "", () -> now.get().opened());
  }

  /** Shows what is known of the containerd-config-agent. The supplier must be cheap. */
  public void bindAgent(Supplier<AgentFigures> now) {
    gauge(
        MeterNames.AGENT_REPORT_AGE,
        "Time since the agent's last report, or since this node's start",
        "seconds",
        () -> now.get().reportAgeSeconds());
    gauge(
        MeterNames.AGENT_ENTRIES,
        "Entries on the node that lead to it",
        "",
        () -> now.get().entries());
    reports("heard", () -> now.get().heard());
    reports("refused", () -> now.get().refused());
    reports("malformed", () -> now.get().malformed());
    gauge(
        MeterNames.AGENT_UPSTREAMS,
        "Registries that are fetched from whom the agent found",
        "",
        () -> now.get().upstreams());
    counter(
        MeterNames.AGENT_UPSTREAMS_FAILURES,
        "Times that what the agent found made no sense",
        "",
        () -> now.get().upstreamsFailures());
    registries.forEach(host -> leftOut(host.value(), Optional.of(host), now));
    leftOut(MeterNames.UNKNOWN_REGISTRY, Optional.empty(), now);
  }

  private void leftOut(String label, Optional<RegistryHost> registry, Supplier<AgentFigures> now) {
    Gauge.builder(
            MeterNames.AGENT_UPSTREAMS_LEFT_OUT,
            () -> now.get().leftOut().contains(registry) ? 1 : 0)
        .description("1 while what the agent found for the registry is not followed")
        .tag(MeterNames.REGISTRY, label)
        .register(meters);
  }

  private void reports(String outcome, LongSupplier value) {
    counted.add(value);
    FunctionCounter.builder(MeterNames.AGENT_REPORTS, value, LongSupplier::getAsLong)
        .description("What came to where the agent reports")
        .tag(MeterNames.OUTCOME, outcome)
        .register(meters);
  }

  /** Shows whether this node is ready. */
  public void bindReady(BooleanSupplier ready) {
    gauge(MeterNames.READY, "1 while this node is ready", "", () -> ready.getAsBoolean() ? 1 : 0);
  }

  /** Shows how many transfers are in flight. */
  public void bindTransfers(IntSupplier inFlight) {
    gauge(MeterNames.TRANSFERS, "Transfers in flight", "", inFlight::getAsInt);
  }

  /** Shows how many log events were dropped because nobody took them. */
  public void bindLog(LongSupplier dropped) {
    counter(MeterNames.LOG_DROPPED, "Log events dropped because the log was not read", "", dropped);
  }

  /** Shows the memory of an allocator, the one that the server's channels use. */
  public void bindNetty(ByteBufAllocatorMetric allocator) {
    gauge(
        MeterNames.NETTY_DIRECT,
        "Netty's direct memory",
        MeterNames.BYTES,
        allocator::usedDirectMemory);
    gauge(
        MeterNames.NETTY_HEAP, "Netty's heap memory", MeterNames.BYTES, allocator::usedHeapMemory);
  }

  /** Shows the JVM. It loads management beans, which takes a while: call it after ready. */
  public void bindJvm() {
    jvm = new JvmMetrics(meters);
  }

  /** Stops listening to the JVM; the injected registry stays open. */
  @Override
  public void close() {
    JvmMetrics bound = jvm;
    if (bound != null) {
      bound.close();
    }
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
