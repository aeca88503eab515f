package dev.tarn.server.peer;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaders;

/** A request to a peer and what becomes of it. Called on the connection's event loop. */
interface PeerExchange {
  /** It is to be sent by this connection. The request is new with each call; the caller owns it. */
  FullHttpRequest begin(PeerLink link);

  /** Answers begin, or do not: with false the connection is closed. */
  boolean head(int status, HttpHeaders headers);

  /**
   * A part of the body, borrowed.
   *
   * @return whether more may follow; with false the connection is closed
   */
  boolean body(ByteBuf bytes);

  /** No more can be read just now. */
  void pause();

  /** The answer is complete. */
  void end(HttpHeaders trailers);

  /** It came to nothing. Called once, and then nothing more; not after {@link #end}. */
  void failed(PeerTrouble trouble);

  /** Whether nobody waits for it any more. */
  boolean isCancelled();
}
