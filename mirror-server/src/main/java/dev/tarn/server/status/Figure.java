package dev.tarn.server.status;

/** What is counted since the process began, and shown as of the last hour, too. */
public enum Figure {
  HITS_DISK,
  HITS_TRANSFER,
  HITS_CONTAINERD,
  MISSES_PEER,
  MISSES_UPSTREAM,
  /** Of the hits: tags answered with what was last known. */
  STALE,
  /** Requests that ended without what they asked for, for want of a source. */
  FAILURES,
  SERVED_DISK,
  SERVED_TRANSFER,
  SERVED_PEER,
  SERVED_CONTAINERD,
  SERVED_UPSTREAM,
  SERVED_NONE,
  FETCHED_PEER,
  FETCHED_UPSTREAM,
  /** Bytes that came from peers in another zone. */
  CROSS_ZONE,
  SENT_TO_PEERS,
  CORRUPT_BLOBS,
  CONNECTIONS_REFUSED,
  /** TLS handshakes with peers that failed, for whatever reason. */
  HANDSHAKES_FAILED,
  /** Those of them that failed because a certificate is not valid yet. */
  HANDSHAKES_TOO_EARLY
}
