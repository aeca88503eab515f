package dev.tarn.server.peer;

import dev.tarn.core.planner.Event.FetchFailure;
import dev.tarn.server.peer.wire.ChunkTail;
import java.nio.channels.FileChannel;

/**
 * The bytes of one chunk on this node, which may still be coming. Used on one event loop, except
 * for what {@link #onProgress} was given; its owner closes it.
 */
public interface ChunkBody extends AutoCloseable {
  /** What there is at an offset within the chunk. */
  sealed interface State {
    /** The bytes up to {@code end} can be read. */
    record Ready(long end) implements State {}

    /** Nothing yet. */
    record Waiting() implements State {}

    /** The chunk ends here, and this is known of all of it. */
    record End(ChunkTail tail) implements State {}

    /** No more will come, for this reason. */
    record Broken(FetchFailure reason) implements State {}
  }

  /** The size of the whole blob, or {@link dev.tarn.core.planner.Question#UNKNOWN_SIZE}. */
  long blobSize();

  /** Where the chunk's first byte is in the file. */
  long start();

  /** The file, borrowed: read by absolute position only, and only what is ready. */
  FileChannel channel();

  /** Whether others wait for these bytes to be anywhere at all: they go before other uploads. */
  boolean firstCopy();

  State state(long offset);

  /**
   * Calls {@code wake} once the state at {@code offset} may no longer be {@link State.Waiting}; at
   * once where it is not. On any thread: it must only hand over to its own.
   */
  void onProgress(long offset, Runnable wake);

  @Override
  void close();
}
