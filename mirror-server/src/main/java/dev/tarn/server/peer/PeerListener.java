package dev.tarn.server.peer;

import dev.tarn.core.placement.Member;
import dev.tarn.core.planner.Event.FetchFailure;
import dev.tarn.server.peer.tls.TlsTrouble;
import java.util.Optional;

/** Told what happens between nodes, for metrics and logs. Any thread; must not block. */
public interface PeerListener {
  /** A connection was opened, by this node or by another. */
  void connected(boolean outgoing);

  void disconnected(boolean outgoing);

  /** A connection was refused because there are as many as there may be. */
  void turnedAway();

  /** A peer proved who it is, in full, or by a session in which it did so before. */
  void handshaken(boolean resumed);

  /** A handshake failed, or proved somebody who may not be here. */
  void handshakeFailed(boolean outgoing, String peer, TlsTrouble trouble, String detail);

  /** Another node's request was answered with this status. */
  void answered(String from, boolean chunk, int status);

  /** A request came that is not of this protocol. */
  void malformed(String from, String what);

  /** A question was answered, or not. */
  void asked(Member to, Optional<PeerFailure> failure, long nanos);

  /** Bytes of a chunk were handed to the connection. */
  void sent(String to, long bytes);

  /** Bytes of a chunk came. */
  void received(Member from, long bytes);

  /**
   * A chunk from a peer ended: all of it came, or why not. It is not compared with its hash yet.
   */
  void fetched(Member from, Optional<FetchFailure> failure, long nanos);

  /** A peer could not be reached, or what it said could not be used. */
  void unreachable(Member peer, PeerFailure failure, String detail);
}
