package dev.tarn.server.peer.runtime;

import dev.tarn.core.name.BlobKey;
import dev.tarn.core.planner.Event.FetchFailure;
import dev.tarn.core.planner.Question;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads a blob upstream, with the rights of whoever on this node wants it. Thread-safe; nothing of
 * this interface blocks.
 */
public interface UpstreamSource {
  /** Takes what comes. Called on threads that may block, one call at a time, in order. */
  interface Receiver {
    /**
     * Upstream began to answer, from the position it was asked for.
     *
     * @param size the whole blob's, or {@link Question#UNKNOWN_SIZE}
     * @param ranges whether upstream gives parts
     */
    void answered(long size, boolean ranges);

    /**
     * The next bytes, borrowed; where it throws, nothing more is called.
     *
     * @return whether more is wanted
     */
    boolean bytes(ByteBuffer bytes) throws IOException;

    /** The body ended, where it should as far as upstream knows. */
    void ended();

    /** {@link FetchFailure#DENIED} or {@link FetchFailure#UNAVAILABLE}. */
    void failed(FetchFailure reason);
  }

  /** A request under way. */
  interface Run {
    /** Stops it; the receiver is told nothing more, but for a call that is under way. */
    void cancel();
  }

  /**
   * Begins to read.
   *
   * @param end where to end, or {@link Question#UNKNOWN_SIZE} for the rest
   */
  Run fetch(BlobKey key, long start, long end, Receiver receiver);
}
