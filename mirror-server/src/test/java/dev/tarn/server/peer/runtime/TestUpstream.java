package dev.tarn.server.peer.runtime;

import dev.tarn.core.name.BlobKey;
import dev.tarn.core.planner.Event.FetchFailure;
import dev.tarn.core.planner.Question;
import dev.tarn.server.testing.Keys;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** A registry in memory that sends at a given pace to each of any number of nodes. */
final class TestUpstream {
  private static final int PIECE_BYTES = 64 * 1024;

  final AtomicLong sent = new AtomicLong();
  final AtomicInteger requests = new AtomicInteger();
  volatile boolean tellsSize = true;
  volatile boolean ranges = true;
  volatile boolean denies;
  private final Map<BlobKey, byte[]> blobs = new ConcurrentHashMap<>();
  private final long bytesPerSecond;

  TestUpstream(long bytesPerSecond) {
    this.bytesPerSecond = bytesPerSecond;
  }

  BlobKey put(byte[] content) {
    BlobKey key = Keys.of(content);
    blobs.put(key, content);
    return key;
  }

  /** What a node sees of it. */
  UpstreamSource source(Executor workers) {
    return (key, start, end, receiver) -> {
      AtomicBoolean cancelled = new AtomicBoolean();
      requests.incrementAndGet();
      workers.execute(() -> send(key, start, end, receiver, cancelled));
      return () -> cancelled.set(true);
    };
  }

  private void send(
      BlobKey key,
      long start,
      long end,
      UpstreamSource.Receiver receiver,
      AtomicBoolean cancelled) {
    byte[] content = blobs.get(key);
    if (denies || content == null) {
      receiver.failed(FetchFailure.DENIED);
      return;
    }
    receiver.answered(tellsSize ? content.length : Question.UNKNOWN_SIZE, ranges);
    int to = end == Question.UNKNOWN_SIZE ? content.length : (int) end;
    int at = (int) start;
    long began = System.nanoTime();
    while (at < to && !cancelled.get()) {
      int count = Math.min(PIECE_BYTES, to - at);
      long due = began + (at - start) * 1_000_000_000L / bytesPerSecond;
      LockSupport.parkNanos(due - System.nanoTime());
      sent.addAndGet(count);
      try {
        if (!receiver.bytes(ByteBuffer.wrap(content, at, count).asReadOnlyBuffer())) {
          return;
        }
      } catch (IOException e) {
        return;
      }
      at += count;
    }
    if (!cancelled.get()) {
      receiver.ended();
    }
  }
}
