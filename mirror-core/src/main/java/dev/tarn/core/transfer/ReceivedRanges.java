package dev.tarn.core.transfer;

import java.util.Map;
import java.util.TreeMap;

/**
 * Which bytes of some content are here: disjoint runs, merged where they touch. Not thread-safe.
 */
final class ReceivedRanges {
  private final TreeMap<Long, Long> endByStart = new TreeMap<>();
  private long total;

  /**
   * Adds the bytes from {@code start} up to {@code end}; what is here already may be among them.
   */
  void add(long start, long end) {
    if (start >= end) {
      return;
    }
    long mergedStart = start;
    long mergedEnd = end;
    Map.Entry<Long, Long> before = endByStart.floorEntry(start);
    if (before != null && before.getValue() >= start) {
      mergedStart = before.getKey();
      mergedEnd = Math.max(mergedEnd, before.getValue());
      if (mergedEnd == before.getValue()) {
        return;
      }
    }
    Map.Entry<Long, Long> next = endByStart.ceilingEntry(mergedStart);
    while (next != null && next.getKey() <= mergedEnd) {
      mergedEnd = Math.max(mergedEnd, next.getValue());
      total -= next.getValue() - next.getKey();
      endByStart.remove(next.getKey());
      next = endByStart.ceilingEntry(mergedStart);
    }
    endByStart.put(mergedStart, mergedEnd);
    total += mergedEnd - mergedStart;
  }

  /** The end of the unbroken run that holds {@code offset}, or {@code offset} where none does. */
  long endFrom(long offset) {
    Map.Entry<Long, Long> run = endByStart.floorEntry(offset);
    return run == null ? offset : Math.max(offset, run.getValue());
  }

  /** The start of the next run after {@code offset}, or {@code otherwise} where there is none. */
  long nextStart(long offset, long otherwise) {
    Long start = endByStart.higherKey(offset);
    return start == null ? otherwise : start;
  }

  /** How many bytes are here. */
  long total() {
    return total;
  }

  @Override
  public String toString() {
    return endByStart.toString();
  }
}
