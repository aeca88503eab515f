package dev.tarn.server.peer.runtime;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.BlobKey;
import dev.tarn.core.planner.Event;
import dev.tarn.core.planner.Event.FetchFailure;
import dev.tarn.core.planner.Question;
import dev.tarn.core.range.ChunkGrid;
import dev.tarn.server.peer.ChunkBody;
import dev.tarn.server.peer.wire.ChunkTail;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One blob on its way to this node, chunk by chunk from whichever sources. Thread-safe. Its file is
 * closed once it ended and nobody reads it.
 */
final class Arrival {
  private final BlobKey key;
  private final BlobFiles files;
  private final ConcurrentHashMap<Integer, Slot> slots = new ConcurrentHashMap<>();
  private final Map<Integer, Digest> before = new HashMap<>();

  /** Held while the file is made, so that it is made once. */
  private final Object making = new Object();

  // Guarded by this.
  private volatile long size;
  private @Nullable SharedFile file;
  private boolean distrusted;
  private boolean over;

  Arrival(BlobKey key, long knownSize, BlobFiles files) {
    this.key = key;
    this.size = knownSize;
    this.files = files;
  }

  /** One of which an earlier attempt left some chunks, whose hashes are given. */
  static Arrival continued(BlobKey key, PeerRuntime.Kept kept, BlobFiles files, String self) {
    Arrival arrival = new Arrival(key, kept.size(), files);
    arrival.file = new SharedFile(kept.file());
    ChunkGrid grid = new ChunkGrid(kept.size());
    kept.chunks()
        .forEach(
            (chunk, hash) -> {
              Slot slot = new Slot(grid.start(chunk), grid.length(chunk), arrival::write);
              slot.present(new ChunkTail(hash, self));
              arrival.slots.put(chunk, slot);
            });
    return arrival;
  }

  BlobKey key() {
    return key;
  }

  long size() {
    return size;
  }

  /**
   * The size as it is known now. What came of another is dropped; the file that it was in is handed
   * to the caller, to be {@link SharedFile#abandon}ed where that may block.
   */
  synchronized @Nullable SharedFile resize(long told) {
    if (told == size) {
      return null;
    }
    size = told;
    dropAll();
    slots.clear();
    SharedFile old = file;
    file = null;
    return old;
  }

  /** Upstream's word where nobody had one; false where it contradicts what was known. */
  synchronized boolean learn(long told) {
    if (size == Question.UNKNOWN_SIZE
        && told != Question.UNKNOWN_SIZE
        && slots.values().stream().allMatch(slot -> slot.bytes() == 0)) {
      size = told;
      dropAll();
      slots.clear();
    }
    return told == Question.UNKNOWN_SIZE || told == size;
  }

  /** The place of a chunk, or null where this blob has no such chunk as far as is known. */
  @Nullable Slot slot(int chunk) {
    long known = size;
    if (chunk == Question.WHOLE) {
      return slots.computeIfAbsent(chunk, _ -> new Slot(0, Long.MAX_VALUE, this::write));
    }
    if (known == Question.UNKNOWN_SIZE || chunk < 0 || chunk >= new ChunkGrid(known).count()) {
      return null;
    }
    ChunkGrid grid = new ChunkGrid(known);
    return slots.computeIfAbsent(
        chunk, _ -> new Slot(grid.start(chunk), grid.length(chunk), this::write));
  }

  private void dropAll() {
    slots.values().forEach(slot -> slot.drop(FetchFailure.MISMATCH));
  }

  private void write(ByteBuffer bytes, long position, boolean vouched) throws IOException {
    openFile().file().write(bytes, position, vouched);
  }

  private SharedFile openFile() throws IOException {
    synchronized (making) {
      while (true) {
        long known;
        synchronized (this) {
          if (over) {
            throw new IOException("nobody wants it any more");
          }
          if (file != null) {
            return file;
          }
          known = size;
        }
        SharedFile made = new SharedFile(files.create(key, known));
        if (adopt(made, known)) {
          return made;
        }
        made.abandon();
      }
    }
  }

  private synchronized boolean adopt(SharedFile made, long madeFor) {
    if (over || size != madeFor) {
      return false;
    }
    file = made;
    if (distrusted) {
      made.file().distrusted();
    }
    return true;
  }

  /** A chunk is what its fetcher's hash says; answers whether it differs from what came before. */
  boolean finish(int chunk, Slot slot, ChunkTail tail) throws IOException {
    slot.finish(tail);
    if (chunk != Question.WHOLE) {
      openFile().file().verified(slot.start(), slot.start() + slot.length());
    }
    synchronized (this) {
      Digest earlier = before.get(chunk);
      return distrusted && earlier != null && !earlier.equals(tail.hash());
    }
  }

  /** What there is of a chunk; quick. */
  Event.Local local(int chunk) {
    if (chunk == Question.WHOLE) {
      Slot whole = slots.get(Question.WHOLE);
      return whole == null
          ? new Event.Local(prefix(0), false)
          : new Event.Local(whole.bytes(), whole.tail() != null);
    }
    Slot slot = slots.get(chunk);
    return slot == null ? Event.Local.NOTHING : new Event.Local(slot.bytes(), slot.tail() != null);
  }

  /** The first position from {@code offset} on that is not here. */
  long prefix(long offset) {
    long known = size;
    if (known == Question.UNKNOWN_SIZE) {
      return offset;
    }
    ChunkGrid grid = new ChunkGrid(known);
    long reached = offset;
    while (reached < known) {
      int chunk = grid.chunkAt(reached);
      Slot slot = slots.get(chunk);
      long end = slot == null ? 0 : grid.start(chunk) + slot.bytes();
      if (end <= reached) {
        return reached;
      }
      reached = end;
      if (end < grid.end(chunk)) {
        return reached;
      }
    }
    return reached;
  }

  /** A chunk to be read as it comes, or null where there is no such chunk. */
  synchronized @Nullable ChunkBody body(int chunk, String self) {
    if (chunk == Question.WHOLE && !slots.containsKey(chunk) && size != Question.UNKNOWN_SIZE) {
      return new PrefixBody(this, self);
    }
    Slot slot = slot(chunk);
    return slot == null ? null : new SlotBody(this, slot);
  }

  /**
   * The file, kept open for the caller, who {@link SharedFile#leave}s it; null before the first
   * byte.
   */
  synchronized @Nullable SharedFile share() {
    SharedFile shared = file;
    return shared != null && shared.join() ? shared : null;
  }

  /** Compares the blob's digest; blocks. */
  boolean complete() throws IOException {
    Slot whole = slots.get(Question.WHOLE);
    long length = whole == null ? size : whole.bytes();
    SharedFile shared = openFile();
    if (!shared.file().complete(length)) {
      synchronized (this) {
        file = null;
      }
      shared.leave();
      return false;
    }
    size = length;
    return true;
  }

  /** Its chunks matched, it did not: all of it is to come again, and is compared. */
  void distrust() {
    synchronized (this) {
      distrusted = true;
      slots.forEach(
          (chunk, slot) -> {
            ChunkTail tail = slot.tail();
            if (tail != null) {
              before.put(chunk, tail.hash());
            }
          });
    }
    dropAll();
  }

  /** What is known of the chunks that are here. */
  Map<Integer, ChunkTail> tails() {
    Map<Integer, ChunkTail> tails = new HashMap<>();
    slots.forEach(
        (chunk, slot) -> {
          ChunkTail tail = slot.tail();
          if (tail != null) {
            tails.put(chunk, tail);
          }
        });
    return tails;
  }

  /** It is over, well or not; blocks. */
  void end(boolean complete) {
    SharedFile shared;
    synchronized (this) {
      if (over) {
        return;
      }
      over = true;
      shared = file;
    }
    if (!complete) {
      dropAll();
    }
    if (shared != null) {
      if (!complete) {
        shared.file().abandon();
      }
      shared.leave();
    }
  }
}
