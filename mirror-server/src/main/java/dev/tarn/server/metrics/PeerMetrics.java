package dev.tarn.server.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleSupplier;
import java.util.function.IntSupplier;

/** The meters of what nodes ask, give and do to each other. Thread-safe, never blocks. */
public final class PeerMetrics {
  private static final String OUTCOME = "outcome";
  private static final String DIRECTION = "direction";

  /** Between whom bytes went, or may have gone. */
  public enum Distance {
    SAME_ZONE,
    OTHER_ZONE,
    /** One of the two is in no zone that is known. */
    UNKNOWN;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What a node did that it should not. */
  public enum Fault {
    /** A chunk was not what its hash says. */
    CHUNK_MISMATCH,
    /** A chunk had another length than by the blob's size. */
    CHUNK_LENGTH,
    /** All chunks matched and the blob did not. */
    BLOB_MISMATCH,
    /** A node fetched, as it said, what upstream never sent. */
    BLAMED,
    /** A request was not of this protocol. */
    MALFORMED;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final MeterRegistry meters;
  private final AtomicInteger in = new AtomicInteger();
  private final AtomicInteger out = new AtomicInteger();
  private final Counter refused;
  private final Counter sent;
  private final Map<Distance, Counter> received = new EnumMap<>(Distance.class);
  private final Map<Fault, Counter> faults = new EnumMap<>(Fault.class);
  private final Timer questions;
  private final Map<String, Counter> questionOutcomes = new ConcurrentHashMap<>();
  private final Map<String, Counter> fetchOutcomes = new ConcurrentHashMap<>();
  private final Map<String, Counter> handshakes = new ConcurrentHashMap<>();

  PeerMetrics(MeterRegistry meters) {
    this.meters = meters;
    this.refused =
        Counter.builder(MeterNames.PEER_CONNECTIONS_REFUSED)
            .description("Connections of other nodes that were one too many")
            .register(meters);
    this.sent =
        Counter.builder(MeterNames.PEER_SENT)
            .description("Bytes of blobs sent to other nodes")
            .baseUnit("bytes")
            .register(meters);
    this.questions =
        Timer.builder(MeterNames.PEER_QUESTION_DURATION)
            .description("From a question to its answer")
            .register(meters);
    for (Distance distance : Distance.values()) {
      received.put(
          distance,
          Counter.builder(MeterNames.PEER_RECEIVED)
              .description("Bytes of blobs that came from other nodes")
              .baseUnit("bytes")
              .tag("from", distance.label())
              .register(meters));
    }
    for (Fault fault : Fault.values()) {
      faults.put(
          fault,
          Counter.builder(MeterNames.PEER_FAULTS)
              .description("What other nodes did that they should not")
              .tag("fault", fault.label())
              .register(meters));
    }
    connections("in", in);
    connections("out", out);
  }

  private void connections(String direction, AtomicInteger count) {
    Gauge.builder(MeterNames.PEER_CONNECTIONS, count, AtomicInteger::get)
        .description("Open connections between this node and others")
        .tag(DIRECTION, direction)
        .strongReference(true)
        .register(meters);
  }

  /** Shows how many chunks are being sent and received. */
  public void bindChunks(IntSupplier uploads, IntSupplier downloads) {
    gauge(MeterNames.PEER_UPLOADS, "Chunks being sent to other nodes", "", uploads::getAsInt);
    gauge(MeterNames.PEER_DOWNLOADS, "Chunks being received from them", "", downloads::getAsInt);
  }

  /** Shows when this node's certificate expires, in seconds since 1970. */
  public void bindCertificate(DoubleSupplier expiry) {
    gauge(
        MeterNames.PEER_CERTIFICATE_EXPIRY,
        "When this node's certificate for its peers expires; 0 where it has none",
        "seconds",
        expiry);
  }

  private void gauge(String name, String description, String unit, DoubleSupplier value) {
    Gauge.builder(name, value::getAsDouble)
        .description(description)
        .baseUnit(unit.isEmpty() ? null : unit)
        .strongReference(true)
        .register(meters);
  }

  public void connected(boolean outgoing) {
    (outgoing ? out : in).incrementAndGet();
  }

  public void disconnected(boolean outgoing) {
    (outgoing ? out : in).decrementAndGet();
  }

  public void turnedAway() {
    refused.increment();
  }

  /** A handshake ended: {@code full}, {@code resumed}, or why it failed. */
  public void handshake(String outcome) {
    count(handshakes, MeterNames.PEER_HANDSHAKES, "TLS handshakes with other nodes", outcome);
  }

  /** A question was {@code answered}, or why not. */
  public void asked(String outcome, long nanos) {
    questions.record(nanos, TimeUnit.NANOSECONDS);
    count(questionOutcomes, MeterNames.PEER_QUESTIONS, "Questions to other nodes", outcome);
  }

  /** A chunk came {@code whole}, or why not. */
  public void fetched(String outcome) {
    count(fetchOutcomes, MeterNames.PEER_FETCHES, "Chunks fetched from other nodes", outcome);
  }

  private void count(Map<String, Counter> known, String name, String description, String outcome) {
    known
        .computeIfAbsent(
            outcome,
            label ->
                Counter.builder(name).description(description).tag(OUTCOME, label).register(meters))
        .increment();
  }

  /** There is one for each value. */
  private static <K> Counter counter(Map<K, Counter> counters, K key) {
    return Objects.requireNonNull(counters.get(key));
  }

  /** Handshakes so far that ended so. */
  public long handshakes(String outcome) {
    Counter counter = handshakes.get(outcome);
    return counter == null ? 0 : (long) counter.count();
  }

  /** Bytes sent so far. */
  public long sentBytes() {
    return (long) sent.count();
  }

  /** Bytes received so far over this distance. */
  public long receivedBytes(Distance from) {
    return (long) counter(received, from).count();
  }

  public void sent(long bytes) {
    sent.increment((double) bytes);
  }

  public void received(Distance from, long bytes) {
    counter(received, from).increment((double) bytes);
  }

  public void fault(Fault fault) {
    counter(faults, fault).increment();
  }
}
