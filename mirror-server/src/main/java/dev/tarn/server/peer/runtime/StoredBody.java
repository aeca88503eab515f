package dev.tarn.server.peer.runtime;

import dev.tarn.core.planner.Event.FetchFailure;
import dev.tarn.core.planner.Question;
import dev.tarn.core.range.ChunkGrid;
import dev.tarn.core.store.StoredBlob;
import dev.tarn.server.peer.ChunkBody;
import dev.tarn.server.peer.wire.ChunkTail;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A chunk of a complete blob. Its bytes are there at once; where its hash is not known it is
 * computed by a worker while they are sent. Thread-safe.
 */
final class StoredBody implements ChunkBody {
  private final StoredBlob blob;
  private final int chunk;
  private final long start;
  private final long length;
  private final Tails tails;
  private final List<Runnable> waiters = new ArrayList<>();
  private @Nullable State end;
  private boolean hashing;
  private boolean closed;

  /** Owns {@code blob}, which has such a chunk. */
  StoredBody(StoredBlob blob, int chunk, Tails tails, Executor workers) {
    ChunkGrid grid = new ChunkGrid(blob.size());
    this.blob = blob;
    this.chunk = chunk;
    this.start = chunk == Question.WHOLE ? 0 : grid.start(chunk);
    this.length = chunk == Question.WHOLE ? blob.size() : grid.length(chunk);
    this.tails = tails;
    ChunkTail tail = tails.find(blob.digest(), chunk);
    if (tail != null) {
      end = new State.End(tail);
      return;
    }
    try {
      hashing = true;
      workers.execute(this::hash);
    } catch (RejectedExecutionException e) {
      hashing = false;
      end = new State.Broken(FetchFailure.GONE); // The node is closing.
    }
  }

  private void hash() {
    State found;
    try {
      found = new State.End(tails.compute(blob, chunk));
    } catch (IOException e) {
      found = new State.Broken(FetchFailure.GONE);
    }
    List<Runnable> woken;
    boolean close;
    synchronized (this) {
      end = found;
      hashing = false;
      close = closed;
      woken = List.copyOf(waiters);
      waiters.clear();
    }
    if (close) {
      blob.close();
    }
    woken.forEach(Runnable::run);
  }

  @Override
  public long blobSize() {
    return blob.size();
  }

  @Override
  public long start() {
    return start;
  }

  @Override
  public FileChannel channel() {
    return blob.channel();
  }

  @Override
  public boolean firstCopy() {
    return false;
  }

  @Override
  public synchronized State state(long offset) {
    if (offset < length) {
      return new State.Ready(length);
    }
    return end == null ? new State.Waiting() : end;
  }

  @Override
  public void onProgress(long offset, Runnable wake) {
    synchronized (this) {
      if (state(offset) instanceof State.Waiting) {
        waiters.add(wake);
        return;
      }
    }
    wake.run();
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      if (hashing) {
        return; // Whoever reads it closes it.
      }
    }
    blob.close();
  }
}
