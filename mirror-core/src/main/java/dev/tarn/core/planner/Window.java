package dev.tarn.core.planner;

import dev.tarn.core.placement.Placement;
import dev.tarn.core.range.ChunkGrid;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The chunks of a blob that are on their way, and which are begun next. The planner's thread. */
final class Window {
  private final BlobFetch blob;
  private final Kernel kernel;
  private final Missing missing;
  private final TreeMap<Integer, ChunkFetch> chunks = new TreeMap<>();

  /** Until when chunks are left alone that nobody was to fetch yet. */
  private final Map<Integer, Long> deferred = new HashMap<>();

  Window(BlobFetch blob, Kernel kernel, Missing missing) {
    this.blob = blob;
    this.kernel = kernel;
    this.missing = missing;
  }

  @Nullable ChunkFetch find(int number) {
    return chunks.get(number);
  }

  int size() {
    return chunks.size();
  }

  boolean upstream() {
    return chunks.values().stream().anyMatch(ChunkFetch::upstream);
  }

  ChunkFetch begin(int number) {
    long start = number == Question.WHOLE ? 0 : new ChunkGrid(blob.size()).start(number);
    ChunkFetch fetch = new ChunkFetch(blob, kernel, number, start, 0);
    chunks.put(number, fetch);
    return fetch;
  }

  /** It is here, from whichever source. */
  void remove(int number) {
    ChunkFetch fetch = chunks.remove(number);
    if (fetch != null) {
      fetch.end();
    }
  }

  void endAll() {
    chunks.values().forEach(ChunkFetch::end);
    chunks.clear();
  }

  /** Nobody has this chunk, and nobody is to fetch it yet: others first. */
  void defer(ChunkFetch fetch) {
    chunks.remove(fetch.chunk());
    fetch.end();
    long pause = blob.pace().pauseNanos();
    deferred.put(fetch.chunk(), kernel.now() + pause);
    kernel.after(pause, blob::fill);
    kernel.post(blob::fill);
  }

  private boolean skipped(int number) {
    return blob.underWay(number) || deferred.getOrDefault(number, Long.MIN_VALUE) > kernel.now();
  }

  /** Begins up to {@code free} more, in batches, where possible of one segment each. */
  void fill(int free, int least, int lookAhead) {
    int waited = missing.waited(this::skipped);
    if (free <= 0 && waited >= 0) {
      begin(waited).ask(); // However many are under way: a client would give up before one ends.
      return;
    }
    if (free < least && chunks.size() >= least && !missing.hurried()) {
      return;
    }
    int segment = -1;
    for (int i = 0; i < free; i++) {
      int next = missing.pick(lookAhead, segment, this::skipped, kernel.random());
      if (next < 0) {
        return;
      }
      segment = Placement.segmentOf(next);
      begin(next).ask();
    }
  }
}
