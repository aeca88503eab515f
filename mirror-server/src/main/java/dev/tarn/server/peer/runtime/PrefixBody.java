package dev.tarn.server.peer.runtime;

import dev.tarn.core.planner.Event.FetchFailure;
import dev.tarn.core.planner.Question;
import dev.tarn.core.range.ChunkGrid;
import dev.tarn.server.peer.ChunkBody;
import dev.tarn.server.peer.wire.ChunkTail;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * A whole blob that arrives here in order, chunk by chunk, read as it does by those who want it in
 * one piece: one event loop.
 */
final class PrefixBody implements ChunkBody {
  private final Arrival arrival;
  private final String self;
  private final long size;
  private final LentFile file;

  PrefixBody(Arrival arrival, String self) {
    this.arrival = arrival;
    this.self = self;
    this.size = arrival.size();
    this.file = new LentFile(arrival);
  }

  @Override
  public long blobSize() {
    return size;
  }

  @Override
  public long start() {
    return 0;
  }

  @Override
  public FileChannel channel() {
    return file.channel();
  }

  @Override
  public boolean firstCopy() {
    return true;
  }

  @Override
  public State state(long offset) {
    if (size == Question.UNKNOWN_SIZE || arrival.size() != size) {
      return new State.Broken(FetchFailure.GONE);
    }
    long reached = arrival.prefix(offset);
    if (reached > offset) {
      return file.open() ? new State.Ready(reached) : new State.Broken(FetchFailure.GONE);
    }
    return offset >= size && last() != null
        ? new State.End(new ChunkTail(arrival.key().digest(), self))
        : new State.Waiting();
  }

  private @Nullable ChunkTail last() {
    Slot slot = arrival.slot(new ChunkGrid(size).count() - 1);
    return slot == null ? null : slot.tail();
  }

  @Override
  public void onProgress(long offset, Runnable wake) {
    ChunkGrid grid = new ChunkGrid(Math.max(1, size));
    int chunk = Math.min(grid.chunkAt(offset), grid.count() - 1);
    Slot slot = arrival.slot(chunk);
    if (slot == null) {
      wake.run();
    } else {
      slot.onProgress(offset - grid.start(chunk), slot.generation(), wake);
    }
  }

  @Override
  public void close() {
    file.close();
  }
}
