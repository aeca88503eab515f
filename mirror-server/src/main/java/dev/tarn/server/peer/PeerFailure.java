package dev.tarn.server.peer;

import java.util.Locale;

/** Why a peer did not answer; a metric's label. */
public enum PeerFailure {
  /** Nobody accepts connections at its address in time. */
  CONNECT,
  /** The handshake failed; {@link PeerListener#handshakeFailed} was told why. */
  TLS,
  /** No answer came in time. */
  TIMEOUT,
  /** The connection broke before the answer's end. */
  BROKEN,
  /** What came is not this protocol, or beyond its bounds. */
  PROTOCOL,
  /** An answer that says that it failed, such as a 500. */
  STATUS,
  /** Another node has that address now. */
  OTHER_NODE,
  /** This node has as many connections to it as it may, or is closing. */
  EXHAUSTED;

  /** The word for it in metrics and logs. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
