package dev.tarn.server.metrics;

import java.time.Duration;

/** The name of every meter of the server but the JVM's, of every label, and what they share. */
final class MeterNames {
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

  private MeterNames() {}
}
