package dev.tarn.core.transfer;

import dev.tarn.core.range.ChunkGrid;
import dev.tarn.core.store.BlobStore;
import java.util.BitSet;

/**
 * Which chunks of some content are known to be here in full, so that each is told of once. Not
 * thread-safe; the transfer guards it.
 */
final class WholeChunks {
  private final BitSet known = new BitSet();

  /** These need not be told of. */
  void known(BitSet chunks) {
    known.or(chunks);
  }

  /**
   * The chunks that the bytes from {@code start} up to {@code end} made whole; none while the size
   * is {@link BlobStore#UNKNOWN_SIZE}, for then nobody knows where chunks end.
   *
   * @param received what is here, those bytes too
   */
  BitSet newlyWhole(ReceivedRanges received, long size, long start, long end) {
    BitSet whole = new BitSet();
    if (size == BlobStore.UNKNOWN_SIZE) {
      return whole;
    }
    ChunkGrid grid = new ChunkGrid(size);
    for (int chunk = grid.chunkAt(start); chunk <= grid.chunkAt(end - 1); chunk++) {
      if (!known.get(chunk) && received.endFrom(grid.start(chunk)) >= grid.end(chunk)) {
        known.set(chunk);
        whole.set(chunk);
      }
    }
    return whole;
  }
}
