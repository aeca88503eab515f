package dev.tarn.server.peer.runtime;

import dev.tarn.core.planner.Event.FetchFailure;
import dev.tarn.server.peer.ChunkBody;
import dev.tarn.server.peer.wire.ChunkTail;
import java.nio.channels.FileChannel;

/** A chunk that arrives, read as it does: one event loop. */
final class SlotBody implements ChunkBody {
  private final Arrival arrival;
  private final Slot slot;
  private final int generation;
  private final LentFile file;

  SlotBody(Arrival arrival, Slot slot) {
    this.arrival = arrival;
    this.slot = slot;
    this.generation = slot.generation();
    this.file = new LentFile(arrival);
  }

  @Override
  public long blobSize() {
    return arrival.size();
  }

  @Override
  public long start() {
    return slot.start();
  }

  @Override
  public FileChannel channel() {
    return file.channel();
  }

  @Override
  public boolean firstCopy() {
    return slot.tail() == null;
  }

  @Override
  public State state(long offset) {
    // Bytes first: what is read then is of the generation that is looked at after it, or refused.
    long bytes = slot.bytes();
    ChunkTail tail = slot.tail();
    FetchFailure broken = slot.broken(generation);
    if (broken != null) {
      return new State.Broken(broken);
    }
    if (bytes > offset) {
      return file.open() ? new State.Ready(bytes) : new State.Broken(FetchFailure.GONE);
    }
    return tail == null ? new State.Waiting() : new State.End(tail);
  }

  @Override
  public void onProgress(long offset, Runnable wake) {
    slot.onProgress(offset, generation, wake);
  }

  @Override
  public void close() {
    file.close();
  }
}
