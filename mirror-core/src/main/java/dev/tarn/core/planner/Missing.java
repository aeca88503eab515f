package dev.tarn.core.planner;

import dev.tarn.core.placement.Placement;
import dev.tarn.core.range.ChunkGrid;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.random.RandomGenerator;

/** Which chunks of a blob are here, and which is wanted next. The planner's thread. */
final class Missing {
  private final Set<Integer> urgent = new LinkedHashSet<>();
  private final BitSet held;
  private long size;

  Missing(long size, BitSet held) {
    this.size = size;
    this.held = (BitSet) held.clone();
  }

  long size() {
    return size;
  }

  boolean sizeKnown() {
    return size != Question.UNKNOWN_SIZE;
  }

  /** Sets the size; what is here of another size is worth nothing. */
  void resize(long told) {
    if (sizeKnown()) {
      held.clear();
    }
    size = told;
  }

  void clear() {
    held.clear();
  }

  void hold(int chunk) {
    held.set(chunk);
    urgent.remove(chunk);
  }

  boolean holds(int chunk) {
    return chunk >= 0 && held.get(chunk);
  }

  int count() {
    return sizeKnown() ? new ChunkGrid(size).count() : 0;
  }

  int left() {
    return count() - held.cardinality();
  }

  boolean none() {
    return sizeKnown() && held.cardinality() == count();
  }

  /** The first chunk that is not here; {@link Question#WHOLE} where the size is not known. */
  int first() {
    return sizeKnown() ? held.nextClearBit(0) : Question.WHOLE;
  }

  /** Where the bytes that are missing from {@code chunk} on end; unknown for the rest. */
  long endOfRun(int chunk) {
    int next = held.nextSetBit(chunk);
    return next < 0 ? Question.UNKNOWN_SIZE : new ChunkGrid(size).start(next);
  }

  /** Which chunks of a segment are here: bit {@code i} is its {@code i}th. */
  int heldBits(int segment) {
    int bits = 0;
    for (int i = 0; i < Placement.SEGMENT_CHUNKS; i++) {
      bits |= held.get(segment * Placement.SEGMENT_CHUNKS + i) ? 1 << i : 0;
    }
    return bits;
  }

  /** Somebody waits for the byte at {@code offset}. */
  void hurry(long offset) {
    if (sizeKnown()
        && offset >= 0
        && offset < size
        && !holds(new ChunkGrid(size).chunkAt(offset))) {
      urgent.add(new ChunkGrid(size).chunkAt(offset));
    }
  }

  /** Whether somebody waits for one of those that are missing. */
  boolean hurried() {
    return !urgent.isEmpty();
  }

  /** A chunk that somebody waits for and that is not under way; below zero where there is none. */
  int waited(IntPredicate underWay) {
    for (int chunk : urgent) {
      if (!underWay.test(chunk)) {
        return chunk;
      }
    }
    return -1;
  }

  /**
   * The next chunk to get: one that is waited for, or one at random of the next {@code lookAhead}
   * that are missing, if possible of a certain segment; below zero where there is none.
   */
  int pick(int lookAhead, int segment, IntPredicate underWay, RandomGenerator random) {
    int waited = waited(underWay);
    if (waited >= 0) {
      return waited;
    }
    int[] ahead = new int[lookAhead];
    int[] near = new int[Placement.SEGMENT_CHUNKS];
    int all = 0;
    int ofSegment = 0;
    int count = count();
    for (int chunk = held.nextClearBit(0);
        chunk < count && all < lookAhead;
        chunk = held.nextClearBit(chunk + 1)) {
      if (!underWay.test(chunk)) {
        ahead[all++] = chunk;
        if (Placement.segmentOf(chunk) == segment) {
          near[ofSegment++] = chunk;
        }
      }
    }
    if (ofSegment > 0) {
      return near[random.nextInt(ofSegment)];
    }
    return all == 0 ? -1 : ahead[random.nextInt(all)];
  }
}
