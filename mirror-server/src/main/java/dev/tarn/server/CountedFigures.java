package dev.tarn.server;

import dev.tarn.server.metrics.Metrics;
import dev.tarn.server.metrics.PeerMetrics;
import dev.tarn.server.metrics.PeerMetrics.Distance;
import dev.tarn.server.metrics.RequestOutcome;
import dev.tarn.server.mirror.Source;
import dev.tarn.server.peer.tls.TlsTrouble;
import dev.tarn.server.status.Figure;
import dev.tarn.server.status.Figures;
import org.jspecify.annotations.Nullable;

/** Reads the figures off the meters that count them anyway. Thread-safe, never blocks. */
final class CountedFigures {
  private final Metrics metrics;
  private final @Nullable PeerMetrics peers;

  CountedFigures(Metrics metrics, @Nullable PeerMetrics peers) {
    this.metrics = metrics;
    this.peers = peers;
  }

  /** What was counted by now. */
  Figures now() {
    return Figures.of(this::count);
  }

  private long count(Figure figure) {
    return switch (figure) {
      case HITS_DISK -> metrics.hits(Source.DISK);
      case HITS_TRANSFER -> metrics.hits(Source.TRANSFER);
      case HITS_CONTAINERD -> metrics.hits(Source.CONTAINERD);
      case MISSES_PEER -> metrics.misses(Source.PEER);
      case MISSES_UPSTREAM -> metrics.misses(Source.UPSTREAM);
      case STALE -> metrics.requests(RequestOutcome.STALE);
      case FAILURES ->
          metrics.requests(RequestOutcome.TIMEOUT)
              + metrics.requests(RequestOutcome.UNAVAILABLE)
              + metrics.requests(RequestOutcome.CUT);
      case SERVED_DISK -> metrics.servedBytes(Source.DISK);
      case SERVED_TRANSFER -> metrics.servedBytes(Source.TRANSFER);
      case SERVED_PEER -> metrics.servedBytes(Source.PEER);
      case SERVED_CONTAINERD -> metrics.servedBytes(Source.CONTAINERD);
      case SERVED_UPSTREAM -> metrics.servedBytes(Source.UPSTREAM);
      case SERVED_NONE -> metrics.servedBytes(Source.NONE);
      case FETCHED_PEER -> metrics.fetchedBytes(Source.PEER);
      case FETCHED_UPSTREAM -> metrics.fetchedBytes(Source.UPSTREAM);
      case CROSS_ZONE -> peers == null ? 0 : peers.receivedBytes(Distance.OTHER_ZONE);
      case SENT_TO_PEERS -> peers == null ? 0 : peers.sentBytes();
      case CORRUPT_BLOBS -> metrics.corruptBlobs();
      case CONNECTIONS_REFUSED -> metrics.connectionsRefused();
      case HANDSHAKES_FAILED -> peers == null ? 0 : failedHandshakes(peers);
      case HANDSHAKES_TOO_EARLY ->
          peers == null ? 0 : peers.handshakes(TlsTrouble.NOT_YET_VALID.label());
    };
  }

  private static long failedHandshakes(PeerMetrics peers) {
    long sum = 0;
    for (TlsTrouble trouble : TlsTrouble.values()) {
      sum += peers.handshakes(trouble.label());
    }
    return sum;
  }
}
