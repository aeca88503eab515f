package dev.tarn.server.peer;

import dev.tarn.core.planner.Event.FetchFailure;
import dev.tarn.server.peer.wire.ChunkTail;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Gathers a chunk in memory. */
final class NotingReceiver implements ChunkReceiver {
  final CompletableFuture<Long> accepted = new CompletableFuture<>();
  final CompletableFuture<Optional<ChunkTail>> ended = new CompletableFuture<>();
  volatile FetchFailure failure = FetchFailure.DENIED;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final long throwAt;

  NotingReceiver() {
    this(Long.MAX_VALUE);
  }

  /** One that fails once so many bytes are there. */
  NotingReceiver(long throwAt) {
    this.throwAt = throwAt;
  }

  @Override
  public void accepted(long blobSize) {
    accepted.complete(blobSize);
  }

  @Override
  public synchronized void bytes(ByteBuffer more) throws IOException {
    byte[] part = new byte[more.remaining()];
    more.get(part);
    bytes.writeBytes(part);
    if (bytes.size() >= throwAt) {
      throw new IOException("disk full");
    }
  }

  @Override
  public void finished(ChunkTail tail) {
    ended.complete(Optional.of(tail));
  }

  @Override
  public void failed(FetchFailure reason) {
    failure = reason;
    ended.complete(Optional.empty());
  }

  synchronized byte[] content() {
    return bytes.toByteArray();
  }

  synchronized int size() {
    return bytes.size();
  }

  /** The tail, or empty where it failed; waits for either. */
  Optional<ChunkTail> end() {
    return get(ended);
  }

  static <T> T get(CompletableFuture<T> future) {
    try {
      return future.get(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }
}
