package dev.tarn.e2e.simulate;

import dev.tarn.core.planner.Event;
import dev.tarn.core.planner.Question;
import java.util.BitSet;

/** What a node has of one blob: counts of bytes, no bytes. The simulation's thread. */
final class Stock {
  private final Content content;
  private final long[] bytes;
  private final BitSet whole = new BitSet();
  private boolean complete;

  Stock(Content content) {
    this.content = content;
    this.bytes = new long[content.chunks()];
  }

  Content content() {
    return content;
  }

  /** The position in the blob up to which a chunk can be read here. */
  long reached(int chunk) {
    return content.start(chunk) + bytes[chunk];
  }

  /** The chunk's bytes up to a position of the blob are here; true where that is all of them. */
  boolean put(int chunk, long position) {
    bytes[chunk] = Math.max(bytes[chunk], position - content.start(chunk));
    return position == content.end(chunk);
  }

  /** What is here of a chunk beyond a position of the blob is dropped. */
  void restart(int chunk, long position) {
    bytes[chunk] = Math.min(bytes[chunk], position - content.start(chunk));
  }

  void hold(int chunk) {
    whole.set(chunk);
  }

  /** The position up to which a reader from the blob's beginning has it. */
  long read() {
    int first = whole.nextClearBit(0);
    return first < bytes.length ? content.start(first) : content.size();
  }

  void complete() {
    complete = true;
  }

  /** What the planner is told of a chunk, or of the whole blob. */
  Event.Local local(int chunk) {
    if (chunk != Question.WHOLE) {
      return new Event.Local(bytes[chunk], whole.get(chunk));
    }
    int first = whole.nextClearBit(0);
    long prefix = first < bytes.length ? reached(first) : content.size();
    return new Event.Local(prefix, complete);
  }
}
