package dev.tarn.core.planner;

import dev.tarn.core.range.ChunkGrid;
import java.util.BitSet;

/** What is here of a blob: counts of bytes, no bytes. The test's thread. */
final class Stored {
  long size = Question.UNKNOWN_SIZE;
  long[] bytes = new long[0];
  BitSet whole = new BitSet();
  BitSet tainted = new BitSet();

  /** Chunks of which some bytes came from peers. */
  BitSet foreign = new BitSet();

  BitSet oldTainted = new BitSet();
  long stream;

  /** The stream came to its end. */
  boolean streamed;

  boolean complete;
  boolean comparing;

  long prefix() {
    long prefix = 0;
    for (int i = 0; i < bytes.length; i++) {
      prefix += bytes[i];
      if (!whole.get(i)) {
        break;
      }
    }
    return Math.max(stream, prefix);
  }

  void dropForeign(int chunk) {
    if (chunk >= 0 && chunk < bytes.length && foreign.get(chunk) && !whole.get(chunk)) {
      bytes[chunk] = 0;
      foreign.clear(chunk);
    }
  }

  /**
   * Where a fetch upstream goes on; from the start where all bytes came and nobody vouches for
   * them.
   */
  long resume(int chunk) {
    if (chunk < 0 || chunk >= bytes.length) {
      return 0;
    }
    ChunkGrid grid = new ChunkGrid(size);
    if (bytes[chunk] == grid.length(chunk) && !whole.get(chunk)) {
      bytes[chunk] = 0;
    }
    return grid.start(chunk) + bytes[chunk];
  }

  boolean has(int chunk) {
    return complete || (chunk == Question.WHOLE ? streamed : whole.get(chunk));
  }

  void size(long told) {
    if (told != size) {
      size = told;
      bytes = new long[new ChunkGrid(told).count()];
      whole = new BitSet();
    }
  }

  /** What the planner is told of a chunk, or of the whole blob. */
  Event.Local local(int chunk) {
    if (chunk == Question.WHOLE) {
      return new Event.Local(complete ? size : prefix(), complete);
    }
    return chunk < bytes.length
        ? new Event.Local(bytes[chunk], whole.get(chunk))
        : Event.Local.NOTHING;
  }
}
