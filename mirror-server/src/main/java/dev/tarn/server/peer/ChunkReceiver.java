package dev.tarn.server.peer;

import dev.tarn.core.planner.Event.FetchFailure;
import dev.tarn.core.proof.Voucher;
import dev.tarn.server.peer.wire.ChunkTail;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Takes a chunk from a peer as it comes. Called on threads that may block, one call at a time, in
 * order; the last call is {@link #finished} or {@link #failed}, unless the fetch was cancelled or
 * {@link #bytes} threw.
 */
public interface ChunkReceiver {
  /** The peer says so of the blob; before {@link #accepted}, and only where it does. */
  default void vouched(Voucher voucher) {}

  /**
   * The peer serves it.
   *
   * @param blobSize the whole blob's size, or {@link dev.tarn.core.planner.Question#UNKNOWN_SIZE}
   */
  void accepted(long blobSize);

  /** The next bytes, borrowed. Where it throws, the fetch is over and nothing more is called. */
  void bytes(ByteBuffer bytes) throws IOException;

  /** All bytes came; the tail is what the peer says of them, and not compared with them yet. */
  void finished(ChunkTail tail);

  void failed(FetchFailure reason);
}
