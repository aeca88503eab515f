package dev.tarn.server.peer.runtime;

import dev.tarn.core.planner.Event.FetchFailure;
import dev.tarn.server.peer.ChunkBody;
import dev.tarn.server.peer.wire.ChunkTail;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/** A chunk that arrives, read as it does: one event loop. */
final class SlotBody implements ChunkBody {
  private final Arrival arrival;
  private final Slot slot;
  private final int generation;
  private @Nullable SharedFile file;
  private boolean closed;

  SlotBody(Arrival arrival, Slot slot) {
    this.arrival = arrival;
    this.slot = slot;
    this.generation = slot.generation();
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
    SharedFile shared = file;
    if (shared == null) {
      throw new IllegalStateException("nothing is ready yet");
    }
    return shared.file().channel();
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
      return opened() ? new State.Ready(bytes) : new State.Broken(FetchFailure.GONE);
    }
    return tail == null ? new State.Waiting() : new State.End(tail);
  }

  private boolean opened() {
    if (file == null && !closed) {
      file = arrival.share();
    }
    return file != null;
  }

  @Override
  public void onProgress(long offset, Runnable wake) {
    slot.onProgress(offset, generation, wake);
  }

  @Override
  public void close() {
    closed = true;
    SharedFile shared = file;
    file = null;
    if (shared != null) {
      shared.leave();
    }
  }
}
