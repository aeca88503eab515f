package dev.tarn.server.peer;

import dev.tarn.core.planner.Event.FetchFailure;
import dev.tarn.core.proof.Voucher;
import dev.tarn.server.peer.wire.ChunkTail;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * What came of a chunk and was not taken yet: filled by an event loop, emptied by a worker that
 * runs only while there is something. Thread-safe. Reading is paused where the receiver is slower
 * than the peer.
 */
final class FetchStream {
  private static final long PAUSE_BYTES = 1024 * 1024;
  private static final long RESUME_BYTES = 512 * 1024;

  /** What the receiver is told next. */
  private sealed interface Item {
    record Accepted(long blobSize, @Nullable Voucher voucher) implements Item {}

    /** Owns its bytes. */
    record Bytes(ByteBuf bytes) implements Item {}

    record Finished(ChunkTail tail) implements Item {}

    record Failed(FetchFailure reason) implements Item {}
  }

  private final ChunkReceiver receiver;
  private final Executor workers;

  /** Hears that there is room again; on a worker. */
  private final Runnable resume;

  /** Hears that the receiver wants no more; on a worker. */
  private final Runnable abandoned;

  // Guarded by this.
  private final ArrayDeque<Item> queue = new ArrayDeque<>();
  private long queuedBytes;
  private boolean paused;
  private boolean draining;
  private boolean over;

  FetchStream(ChunkReceiver receiver, Executor workers, Runnable resume, Runnable abandoned) {
    this.receiver = receiver;
    this.workers = workers;
    this.resume = resume;
    this.abandoned = abandoned;
  }

  void accepted(long blobSize, @Nullable Voucher voucher) {
    offer(new Item.Accepted(blobSize, voucher));
  }

  /** Owns {@code bytes}; answers whether more may come now. */
  boolean bytes(ByteBuf bytes) {
    return offer(new Item.Bytes(bytes));
  }

  void finished(ChunkTail tail) {
    offer(new Item.Finished(tail));
  }

  void failed(FetchFailure reason) {
    offer(new Item.Failed(reason));
  }

  private boolean offer(Item item) {
    boolean start;
    boolean more;
    synchronized (this) {
      if (over) {
        release(item);
        return true;
      }
      queue.add(item);
      if (item instanceof Item.Bytes(var bytes)) {
        queuedBytes += bytes.readableBytes();
        paused |= queuedBytes >= PAUSE_BYTES;
      }
      more = !paused;
      start = !draining;
      draining = true;
    }
    if (start) {
      try {
        workers.execute(this::drain);
      } catch (RejectedExecutionException e) {
        cancel(); // The node is closing.
      }
    }
    return more;
  }

  private void drain() {
    for (Item item = next(); item != null; item = next()) {
      try {
        tell(item);
      } catch (IOException e) {
        cancel();
        abandoned.run();
      } finally {
        release(item);
      }
    }
  }

  private @Nullable Item next() {
    boolean room = false;
    Item item;
    synchronized (this) {
      item = queue.poll();
      if (item == null) {
        draining = false;
      } else if (item instanceof Item.Bytes(var bytes)) {
        queuedBytes -= bytes.readableBytes();
        room = paused && queuedBytes <= RESUME_BYTES;
        paused &= !room;
      }
    }
    if (room) {
      resume.run();
    }
    return item;
  }

  private void tell(Item item) throws IOException {
    switch (item) {
      case Item.Accepted accepted -> {
        Voucher voucher = accepted.voucher();
        if (voucher != null) {
          receiver.vouched(voucher);
        }
        receiver.accepted(accepted.blobSize());
      }
      case Item.Bytes(var bytes) -> {
        for (ByteBuffer part : bytes.nioBuffers()) {
          receiver.bytes(part);
        }
      }
      case Item.Finished(var tail) -> receiver.finished(tail);
      case Item.Failed(var reason) -> receiver.failed(reason);
    }
  }

  private static void release(Item item) {
    if (item instanceof Item.Bytes(var bytes)) {
      bytes.release();
    }
  }

  /** Nothing more is told, but for a call that is under way. */
  synchronized void cancel() {
    over = true;
    queue.forEach(FetchStream::release);
    queue.clear();
    queuedBytes = 0;
  }
}
