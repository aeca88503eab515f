package dev.tarn.core.transfer;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.range.ChunkGrid;
import dev.tarn.core.store.BlobStore;
import dev.tarn.core.store.NoRoomException;
import dev.tarn.core.store.PartialBlob;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Content on its way to this node's disk, readable while it grows. Thread-safe: any number of
 * readers on any threads, and one or more writers that block.
 *
 * <pre>
 *   running ── complete() ──▶ ending ── digest matches ──▶ verified
 *      │                          │
 *      └──────── fail() ──────────┴────────── mismatch ──────▶ failed
 * </pre>
 *
 * <p>Readers see bytes as soon as they are written, all but the last {@link #HELD_BACK_BYTES}:
 * those wait until the digest matched, so that content which turns out wrong is never delivered
 * whole. Bytes are read from the file, so a slow reader costs no memory.
 */
public final class Transfer {
  /** How many bytes at the end of the content wait for the digest. */
  public static final int HELD_BACK_BYTES = 64 * 1024;

  private final Digest digest;
  private final PartialBlob partial;
  private final TransferPolicy policy;
  private final LongSupplier nanoClock;

  /** Held while bytes are written and hashed, so that no two writers write the same. */
  private final ReentrantLock writeLock = new ReentrantLock();

  private final OrderedHash hash;
  private final LongAdder came = new LongAdder();

  // Guarded by this.
  private final ReceivedRanges received = new ReceivedRanges();
  private final WholeChunks wholeChunks = new WholeChunks();
  private final Waiters waiters = new Waiters();
  private long size;
  private boolean ending;
  private boolean verified;
  private @Nullable TransferFailure failure;
  private int readers;
  private boolean writing = true;
  private long unreadSince;

  /** What a reader at some offset finds. */
  public sealed interface Progress {
    /** The bytes up to {@code end} can be read from the file now. */
    record Ready(long end) implements Progress {}

    /** Nothing yet. */
    record Waiting() implements Progress {}

    /** The content ends at this very offset. */
    record AtEnd() implements Progress {}

    /** Nothing more will come. */
    record Failed(TransferFailure failure) implements Progress {}
  }

  /**
   * A transfer into {@code partial}, which it owns from now on and closes when its writer and every
   * reader are done.
   *
   * @param nanoClock a monotonic clock in nanoseconds
   */
  public Transfer(PartialBlob partial, TransferPolicy policy, LongSupplier nanoClock) {
    this.partial = partial;
    this.digest = partial.digest();
    this.size = partial.size();
    this.policy = policy;
    this.nanoClock = nanoClock;
    this.hash = new OrderedHash(digest.algorithm());
    this.unreadSince = nanoClock.getAsLong();
    if (size != BlobStore.UNKNOWN_SIZE) {
      ChunkGrid grid = new ChunkGrid(size);
      BitSet resumed = partial.resumedChunks();
      resumed.stream().forEach(chunk -> received.add(grid.start(chunk), grid.end(chunk)));
      wholeChunks.known(resumed);
    }
  }

  public Digest digest() {
    return digest;
  }

  /** The whole content's size, or {@link BlobStore#UNKNOWN_SIZE} until it is known. */
  public synchronized long size() {
    return size;
  }

  /**
   * How many bytes came so far, those that nobody may read yet among them: it grows while there is
   * progress, however slow.
   */
  public long cameBytes() {
    return came.sum();
  }

  /** How many bytes are here. */
  public synchronized long receivedBytes() {
    return received.total();
  }

  /** The first offset from {@code offset} on that is not here; the size where all is. */
  public synchronized long firstMissing(long offset) {
    return received.endFrom(offset);
  }

  /** The end of the gap that {@code offset} lies in, for a writer to know where to stop. */
  public synchronized long gapEnd(long offset) {
    return received.nextStart(offset, size == BlobStore.UNKNOWN_SIZE ? Long.MAX_VALUE : size);
  }

  /** Joins as a reader; the caller closes the handle. Null where the file is closed by now. */
  public synchronized @Nullable TransferReader join() {
    if (!writing && readers == 0) {
      return null;
    }
    readers++;
    return new TransferReader(this);
  }

  /** How many read it now. */
  public synchronized int readers() {
    return readers;
  }

  /** Whether its writer should go on: somebody reads, or policy finishes it alone. */
  public synchronized boolean isWanted() {
    return ending
        || readers > 0
        || policy.finishesAlone(size, received.total())
        || nanoClock.getAsLong() - unreadSince < policy.linger().toNanos();
  }

  /**
   * Ends it where nobody wants it any more, so that nobody can join in between; what came is kept.
   *
   * @return whether it is over
   */
  public boolean abandonUnlessWanted() {
    synchronized (this) {
      if (isWanted() || verified || failure != null) {
        return verified || failure != null;
      }
      failure = TransferFailure.ABANDONED;
    }
    partial.keep();
    return true;
  }

  /** Whether it ended, well or not. */
  public synchronized boolean isOver() {
    return verified || failure != null;
  }

  /** Why it failed, or null. */
  public synchronized @Nullable TransferFailure failure() {
    return failure;
  }

  /**
   * Writes those of the bytes that are not here yet; on a writer's thread, which may block. Several
   * writers may bring the same bytes: each byte is written once, and it is that byte that is
   * hashed.
   *
   * @throws NoRoomException where the disk is full; the writer then fails the transfer
   */
  public void write(long offset, ByteBuffer bytes) throws IOException {
    long end = offset + bytes.remaining();
    BitSet finished;
    List<Runnable> wakes;
    came.add(bytes.remaining());
    writeLock.lock();
    try {
      long position = firstMissing(offset);
      while (position < end) {
        long gapEnd = Math.min(end, nextReceived(position));
        ByteBuffer gap =
            bytes.slice((int) (position - offset) + bytes.position(), (int) (gapEnd - position));
        partial.write(gap.duplicate(), position);
        hash.offer(position, gap);
        markReceived(position, gapEnd);
        position = firstMissing(gapEnd);
      }
      synchronized (this) {
        finished = wholeChunks.newlyWhole(received, size, offset, end);
        wakes = takeReadyWaiters();
      }
    } finally {
      writeLock.unlock();
    }
    wakes.forEach(Runnable::run);
    noteChunks(finished);
  }

  /**
   * Writes those of the bytes that are not here yet, and shows them to nobody: they are nobody's
   * word until {@link #reveal}. May block.
   *
   * @throws NoRoomException where the disk is full
   */
  public void writeUnseen(long offset, ByteBuffer bytes) throws IOException {
    came.add(bytes.remaining());
    long end = offset + bytes.remaining();
    long position = firstMissing(offset);
    while (position < end) {
      long gapEnd = Math.min(end, nextReceived(position));
      partial.write(
          bytes.slice((int) (position - offset) + bytes.position(), (int) (gapEnd - position)),
          position);
      position = firstMissing(gapEnd);
    }
  }

  /** Readers may have these bytes, which were all written, from now on; may block. */
  public void reveal(long start, long end) throws IOException {
    BitSet finished;
    List<Runnable> wakes;
    synchronized (this) {
      received.add(start, end);
      finished = wholeChunks.newlyWhole(received, size, start, end);
      wakes = takeReadyWaiters();
    }
    wakes.forEach(Runnable::run);
    writeLock.lock();
    try {
      // Now, while it is in the page cache, and so that the end does not wait for all of it.
      hash.catchUp(partial.channel(), firstMissing(0));
    } finally {
      writeLock.unlock();
    }
    noteChunks(finished);
  }

  private void noteChunks(BitSet finished) throws IOException {
    for (int chunk = finished.nextSetBit(0); chunk >= 0; chunk = finished.nextSetBit(chunk + 1)) {
      partial.chunkWritten(chunk);
    }
  }

  private synchronized long nextReceived(long offset) {
    return received.nextStart(offset, Long.MAX_VALUE);
  }

  private synchronized void markReceived(long start, long end) {
    received.add(start, end);
  }

  /**
   * Ends the transfer when every byte up to {@code contentSize} was written: the digest decides.
   * Readers get the held back bytes before the content is durable; only then is it published.
   *
   * @return whether the digest matched
   * @throws IOException where the content could not be read or published, or was given up already
   */
  public boolean complete(long contentSize) throws IOException {
    synchronized (this) {
      if (isOver() || ending) {
        throw new IOException("given up meanwhile");
      }
      ending = true;
    }
    try {
      return completed(contentSize);
    } finally {
      synchronized (this) {
        ending = false;
      }
    }
  }

  private boolean completed(long contentSize) throws IOException {
    boolean matches;
    writeLock.lock();
    try {
      hash.catchUp(partial.channel(), contentSize);
      matches = hash.finish().equals(digest);
    } finally {
      writeLock.unlock();
    }
    if (!matches) {
      partial.discard();
      end(TransferFailure.MISMATCH, contentSize);
      return false;
    }
    end(null, contentSize);
    partial.publish(contentSize);
    return true;
  }

  /**
   * Ends the transfer without its content; what came is kept where it can be resumed, and given up
   * where it is wrong or where its room is what others lack. Does nothing where it is over already,
   * or all of it is here and the digest is about to decide.
   */
  public void fail(TransferFailure reason) {
    synchronized (this) {
      if (isOver() || ending) {
        return;
      }
      ending = true;
    }
    try {
      switch (reason) {
        case MISMATCH, STORAGE, NO_ROOM -> partial.discard();
        case SOURCE, ABANDONED, SHUTDOWN -> partial.keep();
      }
    } finally {
      end(reason, size());
    }
  }

  private void end(@Nullable TransferFailure reason, long contentSize) {
    List<Runnable> wakes;
    synchronized (this) {
      if (verified || failure != null) {
        return;
      }
      ending = false;
      size = contentSize;
      verified = reason == null;
      failure = reason;
      wakes = waiters.take(offset -> true);
    }
    wakes.forEach(Runnable::run);
  }

  /** The writer is done with the file: called once, after {@link #complete} or {@link #fail}. */
  public void writerDone() {
    boolean close;
    synchronized (this) {
      writing = false;
      close = readers == 0;
    }
    if (close) {
      partial.close();
    }
  }

  // What readers use.

  FileChannel channel() {
    return partial.channel();
  }

  synchronized Progress progress(long offset) {
    if (failure == TransferFailure.MISMATCH) {
      return new Progress.Failed(failure);
    }
    long end = readableEnd(offset);
    if (end > offset) {
      return new Progress.Ready(end);
    }
    if (failure != null) {
      return new Progress.Failed(failure);
    }
    return verified && offset >= size ? new Progress.AtEnd() : new Progress.Waiting();
  }

  void onProgress(TransferReader reader, long offset, Runnable wake) {
    synchronized (this) {
      if (progress(offset) instanceof Progress.Waiting) {
        waiters.add(reader, offset, wake);
        return;
      }
    }
    wake.run();
  }

  void leave(TransferReader reader) {
    boolean close;
    synchronized (this) {
      waiters.leave(reader);
      readers--;
      unreadSince = nanoClock.getAsLong();
      close = readers == 0 && !writing;
    }
    if (close) {
      partial.close();
    }
  }

  private long readableEnd(long offset) {
    long end = received.endFrom(offset);
    if (verified) {
      return end;
    }
    // Of unknown size, any byte may be the last: hold back from the end of what is here.
    long limit = (size == BlobStore.UNKNOWN_SIZE ? end : size) - HELD_BACK_BYTES;
    return Math.max(offset, Math.min(end, limit));
  }

  private List<Runnable> takeReadyWaiters() {
    return waiters.take(offset -> readableEnd(offset) > offset);
  }

  /** The offsets that readers wait at, in ascending order, each once. */
  public synchronized long[] waits() {
    return waiters.offsets();
  }
}
