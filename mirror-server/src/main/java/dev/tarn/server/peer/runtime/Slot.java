package dev.tarn.server.peer.runtime;

import dev.tarn.core.digest.Algorithm;
import dev.tarn.core.digest.Digest;
import dev.tarn.core.planner.Event.FetchFailure;
import dev.tarn.server.peer.wire.ChunkTail;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One chunk of one blob on its way to this node's disk. Thread-safe; writing blocks. Bytes are only
 * ever appended, by one owner at a time, and hashed as they are: whoever takes over continues where
 * the last one got to.
 */
final class Slot {
  /** How to write into the blob's file. */
  interface Sink {
    /**
     * Writes all of {@code bytes}; may block.
     *
     * @param vouched whether this node had these bytes, and all before them in the chunk, from
     *     upstream itself
     */
    void write(ByteBuffer bytes, long position, boolean vouched) throws IOException;
  }

  private final long start;
  private final long length;
  private final Sink sink;

  /** Guarded by itself: readers never wait for a writer. */
  private final List<Runnable> waiters = new ArrayList<>();

  // Guarded by this.
  private MessageDigest hash = Algorithm.SHA256.newHash();
  private @Nullable Object owner;
  private boolean foreign;
  private volatile FetchFailure dropped = FetchFailure.MISMATCH;
  private volatile int generation;
  private volatile long bytes;
  private volatile @Nullable ChunkTail tail;

  /**
   * An empty one.
   *
   * @param length of the chunk; {@link Long#MAX_VALUE} where nobody knows it
   */
  Slot(long start, long length, Sink sink) {
    this.start = start;
    this.length = length;
    this.sink = sink;
  }

  long start() {
    return start;
  }

  long length() {
    return length;
  }

  /** How many bytes of it are here. */
  long bytes() {
    return bytes;
  }

  /** What is known of it, once it is all here and matched; else null. */
  @Nullable ChunkTail tail() {
    return tail;
  }

  /** Whether bytes of it came from a peer, for which this node can't vouch. */
  synchronized boolean foreign() {
    return foreign;
  }

  /** Changes when what came is dropped. */
  int generation() {
    return generation;
  }

  /** Makes {@code taker} the only one who may write; answers where it has to go on. May block. */
  synchronized long take(Object taker) {
    owner = taker;
    return bytes;
  }

  /**
   * Appends those bytes that are not here yet; a writer that is not the owner any more changes
   * nothing.
   *
   * @param offset within the chunk, not beyond what is here
   * @param own whether this node has the bytes from upstream itself
   * @return whether the writer is still the owner
   */
  boolean write(Object writer, long offset, ByteBuffer more, boolean own) throws IOException {
    List<Runnable> woken;
    synchronized (this) {
      if (!writer.equals(owner) || tail != null) {
        return writer.equals(owner);
      }
      long known = bytes - offset;
      if (known < 0 || offset + more.remaining() > length) {
        throw new IOException("bytes that do not follow on what is here");
      }
      if (known >= more.remaining()) {
        return true;
      }
      ByteBuffer fresh = more.slice(more.position() + (int) known, more.remaining() - (int) known);
      int count = fresh.remaining();
      hash.update(fresh.duplicate());
      foreign |= !own;
      sink.write(fresh, start + bytes, !foreign);
      bytes += count;
      woken = takeWaiters();
    }
    woken.forEach(Runnable::run);
    return true;
  }

  /** The hash of all that is here. */
  synchronized Digest sum() throws IOException {
    try {
      return Digest.of(Algorithm.SHA256, (MessageDigest) hash.clone());
    } catch (CloneNotSupportedException e) {
      throw new IOException("no hash that can be looked at", e);
    }
  }

  /** All of it is here, and this is known of it. */
  void finish(ChunkTail known) {
    List<Runnable> woken;
    synchronized (this) {
      tail = known;
      owner = null;
      woken = takeWaiters();
    }
    woken.forEach(Runnable::run);
  }

  /** All of it lay here already, and this is known of it; told before anybody else knows it. */
  synchronized void present(ChunkTail known) {
    bytes = length;
    tail = known;
  }

  /** What came is not used: whoever reads it is told why, and it begins anew. May block. */
  void drop(FetchFailure why) {
    List<Runnable> woken;
    synchronized (this) {
      bytes = 0;
      tail = null;
      owner = null;
      foreign = false;
      dropped = why;
      generation++;
      hash = Algorithm.SHA256.newHash();
      woken = takeWaiters();
    }
    woken.forEach(Runnable::run);
  }

  /** Calls {@code wake} when there is more, or it was dropped; at once where that is so. */
  void onProgress(long offset, int readGeneration, Runnable wake) {
    synchronized (waiters) {
      if (bytes <= offset && tail == null && generation == readGeneration) {
        waiters.add(wake);
        return;
      }
    }
    wake.run();
  }

  private List<Runnable> takeWaiters() {
    synchronized (waiters) {
      List<Runnable> woken = List.copyOf(waiters);
      waiters.clear();
      return woken;
    }
  }

  /** Why nobody can read on who began at a generation; null where one can. */
  @Nullable FetchFailure broken(int readGeneration) {
    return generation == readGeneration ? null : dropped;
  }
}
