package dev.tarn.e2e.simulate;

import dev.tarn.core.range.ChunkGrid;
import org.jspecify.annotations.Nullable;

/** Bytes on their way to a node, from another or from upstream. The simulation's thread. */
final class Transfer {
  final SimNode to;
  final @Nullable SimNode from;
  final long id;
  final long token;
  final Content content;

  /** The one chunk that a peer sends; of upstream's, the one that comes now. */
  private int chunk;

  long position;
  long end;
  boolean started;
  boolean over;

  /** When the receiver's planner last heard of it. */
  long toldAt;

  /** How many bytes it could take in this step, and how many of them it was given so far. */
  double demand;

  double given;

  private Transfer(
      SimNode to, @Nullable SimNode from, long id, long token, Content content, int chunk) {
    this.to = to;
    this.from = from;
    this.id = id;
    this.token = token;
    this.content = content;
    this.chunk = chunk;
  }

  static Transfer fromPeer(
      SimNode to, SimNode from, long id, long token, Content content, int chunk, long offset) {
    Transfer transfer = new Transfer(to, from, id, token, content, chunk);
    transfer.position = content.start(chunk) + offset;
    transfer.end = content.end(chunk);
    return transfer;
  }

  static Transfer fromUpstream(SimNode to, long id, Content content, long start, long end) {
    Transfer transfer =
        new Transfer(to, null, id, 0, content, (int) (start / ChunkGrid.CHUNK_BYTES));
    transfer.position = start;
    transfer.end = end;
    return transfer;
  }

  int chunk() {
    return chunk;
  }

  /** The next chunk comes: only upstream sends more than one. */
  void nextChunk() {
    chunk++;
  }

  /** Up to which position of the blob bytes can be read now. */
  long available() {
    SimNode source = from;
    return source == null ? end : Math.min(end, source.stock(content).reached(chunk));
  }
}
