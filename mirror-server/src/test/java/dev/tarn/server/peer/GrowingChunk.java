package dev.tarn.server.peer;

import dev.tarn.core.planner.Event.FetchFailure;
import dev.tarn.server.peer.wire.ChunkTail;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A chunk in a file of its own that a test lets grow. Thread-safe. */
final class GrowingChunk implements ChunkBody {
  /** Bytes in the file before the chunk. */
  static final int START = 1000;

  final AtomicBoolean closed = new AtomicBoolean();
  private final FileChannel file;
  private final List<Runnable> waiters = new ArrayList<>();
  private final long blobSize;
  private long length;
  private @Nullable State end;

  GrowingChunk(long blobSize) throws IOException {
    this.blobSize = blobSize;
    this.file =
        FileChannel.open(
            Files.createTempFile("chunk", null),
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE);
  }

  /** One that is all there. */
  static GrowingChunk of(byte[] content, ChunkTail tail) throws IOException {
    GrowingChunk chunk = new GrowingChunk(content.length);
    chunk.grow(content);
    chunk.end(new State.End(tail));
    return chunk;
  }

  void grow(byte[] more) throws IOException {
    file.write(ByteBuffer.wrap(more), START + length);
    synchronized (this) {
      length += more.length;
    }
    wake();
  }

  void end(State how) {
    synchronized (this) {
      end = how;
    }
    wake();
  }

  void fail(FetchFailure reason) {
    end(new State.Broken(reason));
  }

  private void wake() {
    List<Runnable> woken;
    synchronized (this) {
      woken = List.copyOf(waiters);
      waiters.clear();
    }
    woken.forEach(Runnable::run);
  }

  @Override
  public long blobSize() {
    return blobSize;
  }

  @Override
  public long start() {
    return START;
  }

  @Override
  public FileChannel channel() {
    return file;
  }

  @Override
  public boolean firstCopy() {
    return false;
  }

  @Override
  public synchronized State state(long offset) {
    if (length > offset) {
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
    closed.set(true);
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
