package dev.tarn.server;

import dev.tarn.core.name.BlobKey;
import dev.tarn.core.placement.Member;
import dev.tarn.core.placement.Membership;
import dev.tarn.core.planner.Event.FetchFailure;
import dev.tarn.server.membership.ClusterMembership;
import dev.tarn.server.metrics.PeerMetrics;
import dev.tarn.server.metrics.PeerMetrics.Distance;
import dev.tarn.server.metrics.PeerMetrics.Fault;
import dev.tarn.server.peer.PeerFailure;
import dev.tarn.server.peer.PeerListener;
import dev.tarn.server.peer.runtime.RuntimeListener;
import dev.tarn.server.peer.tls.PeerTls;
import dev.tarn.server.peer.tls.TlsTrouble;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Turns what happens between this node and its peers into metrics and log lines. Thread-safe, never
 * blocks.
 */
final class PeerEvents implements PeerListener, RuntimeListener, PeerTls.Listener {
  private static final Logger LOG = LoggerFactory.getLogger("tarn.peers");

  private final PeerMetrics metrics;
  private final ClusterMembership membership;

  /** Members that failed this node and have not answered since: told of once, not each time. */
  private final Set<String> unreachable = ConcurrentHashMap.newKeySet();

  PeerEvents(PeerMetrics metrics, ClusterMembership membership) {
    this.metrics = metrics;
    this.membership = membership;
  }

  static void startFailed(Exception cause) {
    LOG.atError().addKeyValue("reason", cause.toString()).log("peers_unavailable");
  }

  static void started(String self, Object address, boolean tls) {
    LOG.atInfo()
        .addKeyValue("node", self)
        .addKeyValue("address", address)
        .addKeyValue("tls", tls)
        .log("peers_started");
  }

  static void notAMember(String self) {
    LOG.atWarn().addKeyValue("node", self).log("not_among_members");
  }

  @Override
  public void connected(boolean outgoing) {
    metrics.connected(outgoing);
  }

  @Override
  public void disconnected(boolean outgoing) {
    metrics.disconnected(outgoing);
  }

  @Override
  public void turnedAway() {
    metrics.turnedAway();
  }

  @Override
  public void handshaken(boolean resumed) {
    metrics.handshake(resumed ? "resumed" : "full");
  }

  @Override
  public void handshakeFailed(boolean outgoing, String peer, TlsTrouble trouble, String detail) {
    metrics.handshake(trouble.label());
    LOG.atWarn()
        .addKeyValue("peer", peer)
        .addKeyValue("outgoing", outgoing)
        .addKeyValue("trouble", trouble.label())
        .addKeyValue("detail", detail)
        .log("peer_handshake_failed");
  }

  @Override
  public void answered(String from, boolean chunk, int status) {
    LOG.atTrace()
        .addKeyValue("peer", from)
        .addKeyValue("chunk", chunk)
        .addKeyValue("status", status)
        .log("peer_answered");
  }

  @Override
  public void malformed(String from, String what) {
    metrics.fault(Fault.MALFORMED);
    LOG.atWarn().addKeyValue("peer", from).addKeyValue("what", what).log("peer_malformed");
  }

  @Override
  public void asked(Member to, Optional<PeerFailure> failure, long nanos) {
    metrics.asked(failure.map(PeerFailure::label).orElse("answered"), nanos);
    if (failure.isEmpty()) {
      reached(to);
    }
  }

  @Override
  public void sent(String to, long bytes) {
    metrics.sent(bytes);
  }

  @Override
  public void received(Member from, long bytes) {
    metrics.received(distance(from.zone(), membership.zone()), bytes);
  }

  private static Distance distance(String one, String other) {
    if (one.isEmpty() || other.isEmpty()) {
      return Distance.UNKNOWN;
    }
    return one.equals(other) ? Distance.SAME_ZONE : Distance.OTHER_ZONE;
  }

  @Override
  public void fetched(Member from, Optional<FetchFailure> failure, long nanos) {
    metrics.fetched(failure.map(PeerEvents::label).orElse("whole"));
    if (failure.isEmpty()) {
      reached(from);
    }
  }

  private static String label(FetchFailure failure) {
    return failure.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public void unreachable(Member peer, PeerFailure failure, String detail) {
    boolean isNews = unreachable.add(peer.name());
    if (isNews) {
      Membership now = membership.current();
      unreachable.removeIf(name -> !now.contains(name) && !name.equals(peer.name()));
    }
    LOG.atLevel(isNews ? Level.WARN : Level.DEBUG)
        .addKeyValue("peer", peer.name())
        .addKeyValue("failure", failure.label())
        .addKeyValue("detail", detail)
        .log("peer_unreachable");
  }

  private void reached(Member peer) {
    if (!unreachable.isEmpty() && unreachable.remove(peer.name())) {
      LOG.atInfo().addKeyValue("peer", peer.name()).log("peer_reached_again");
    }
  }

  @Override
  public void chunkMismatch(Member from, BlobKey key, int chunk) {
    metrics.fault(Fault.CHUNK_MISMATCH);
    LOG.atWarn()
        .addKeyValue("peer", from.name())
        .addKeyValue("registry", key.registry())
        .addKeyValue("digest", key.digest())
        .addKeyValue("chunk", chunk)
        .log("peer_chunk_mismatch");
  }

  @Override
  public void chunkLength(Member from, BlobKey key, int chunk) {
    metrics.fault(Fault.CHUNK_LENGTH);
    LOG.atWarn()
        .addKeyValue("peer", from.name())
        .addKeyValue("registry", key.registry())
        .addKeyValue("digest", key.digest())
        .addKeyValue("chunk", chunk)
        .log("peer_chunk_length");
  }

  @Override
  public void blobMismatch(BlobKey key) {
    metrics.fault(Fault.BLOB_MISMATCH);
    LOG.atWarn()
        .addKeyValue("registry", key.registry())
        .addKeyValue("digest", key.digest())
        .log("peer_blob_mismatch");
  }

  @Override
  public void blamed(String member, BlobKey key, int chunk) {
    metrics.fault(Fault.BLAMED);
    LOG.atError()
        .addKeyValue("peer", member)
        .addKeyValue("registry", key.registry())
        .addKeyValue("digest", key.digest())
        .addKeyValue("chunk", chunk)
        .log("peer_blamed");
  }

  @Override
  public void avoided(String member, long untilNanos) {
    membership.avoid(member, untilNanos);
  }

  @Override
  public void storageFailed(BlobKey key, Exception cause) {
    LOG.atWarn()
        .addKeyValue("registry", key.registry())
        .addKeyValue("digest", key.digest())
        .addKeyValue("reason", cause.toString())
        .log("blob_not_stored");
  }

  @Override
  public void failed(RuntimeException cause) {
    LOG.atError().setCause(cause).log("peers_failed");
  }

  @Override
  public void identityLoaded(Instant validUntil) {
    LOG.atInfo().addKeyValue("validUntil", validUntil).log("peer_certificate_loaded");
  }

  @Override
  public void identityRejected(String why) {
    LOG.atError().addKeyValue("reason", why).log("peer_certificate_rejected");
  }
}
