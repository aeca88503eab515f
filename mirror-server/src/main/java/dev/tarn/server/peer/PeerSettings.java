package dev.tarn.server.peer;

import java.time.Duration;

/**
 * Limits of what nodes do for each other.
 *
 * @param connectTimeout time for a peer to accept a connection
 * @param handshakeTimeout time for a TLS handshake
 * @param askTimeout time for an answer, after which nobody waits for it
 * @param idleTimeout time without anything happening on a connection that others opened, after
 *     which it is closed; idle ones that this node opened are closed after half of it
 * @param maxConnections connections that others may open
 * @param maxUploads chunks sent at a time
 * @param maxDownloads chunks received from peers at a time
 * @param connectionsPerPeer connections that this node opens to one peer
 * @param connectionsOut connections that this node opens to all peers
 * @param uploadBytesPerSecond of all uploads together; {@link #UNLIMITED} for no limit
 * @param downloadBytesPerSecond of all downloads together; {@link #UNLIMITED} for no limit
 */
public record PeerSettings(
    Duration connectTimeout,
    Duration handshakeTimeout,
    Duration askTimeout,
    Duration idleTimeout,
    int maxConnections,
    int maxUploads,
    int maxDownloads,
    int connectionsPerPeer,
    int connectionsOut,
    long uploadBytesPerSecond,
    long downloadBytesPerSecond) {
  public static final long UNLIMITED = 0;

  public static final PeerSettings DEFAULT =
      new PeerSettings(
          Duration.ofMillis(400),
          Duration.ofSeconds(2),
          Duration.ofMillis(1500),
          Duration.ofSeconds(60),
          8192,
          64,
          256,
          32,
          2048,
          UNLIMITED,
          UNLIMITED);

  /** How long an idle connection to a peer is kept: less than the peer keeps it. */
  Duration keepIdle() {
    return idleTimeout.dividedBy(2);
  }

  /** The same with another limit of chunks sent at a time. */
  public PeerSettings withUploads(int uploads) {
    return new PeerSettings(
        connectTimeout,
        handshakeTimeout,
        askTimeout,
        idleTimeout,
        maxConnections,
        uploads,
        maxDownloads,
        connectionsPerPeer,
        connectionsOut,
        uploadBytesPerSecond,
        downloadBytesPerSecond);
  }

  /** The same with other limits of bandwidth. */
  public PeerSettings withBandwidth(long upload, long download) {
    return new PeerSettings(
        connectTimeout,
        handshakeTimeout,
        askTimeout,
        idleTimeout,
        maxConnections,
        maxUploads,
        maxDownloads,
        connectionsPerPeer,
        connectionsOut,
        upload,
        download);
  }
}
