package dev.tarn.core.store;

import dev.tarn.core.digest.Digest;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which blobs this node has a second time, and so gives up before all others. Runs on the thread
 * that needs the room, one at a time.
 *
 * <p>The index is searched for them, some milliseconds with 100,000 blobs, when room is needed and
 * no more often than every ten seconds; what is had a second time since then waits for the next
 * search.
 */
final class Spare {
  static final Duration SEARCHED_AT_MOST = Duration.ofSeconds(10);
  private static final int FOUND_AT_MOST = 1024;

  private final BlobIndex index;
  private final Clock clock;
  private final Deque<IndexedBlob> found = new ArrayDeque<>();
  private @Nullable Predicate<Digest> elsewhere;
  private long searchedMillis;

  Spare(BlobIndex index, Clock clock) {
    this.index = index;
    this.clock = clock;
    this.searchedMillis = clock.millis() - SEARCHED_AT_MOST.toMillis();
  }

  synchronized void elsewhere(Predicate<Digest> holds) {
    elsewhere = holds;
  }

  /** The coldest that is known to be had a second time; null where none is. */
  synchronized @Nullable IndexedBlob next() {
    Predicate<Digest> holds = elsewhere;
    if (holds == null) {
      return null;
    }
    IndexedBlob blob = found.poll();
    while (blob != null && !holds.test(blob.digest())) {
      blob = found.poll();
    }
    if (blob == null && clock.millis() - searchedMillis >= SEARCHED_AT_MOST.toMillis()) {
      searchedMillis = clock.millis();
      found.addAll(index.coldest(holds, FOUND_AT_MOST));
      blob = found.poll();
    }
    return blob;
  }

  /** The room suffices without: to be given up the next time. */
  synchronized void keep(IndexedBlob blob) {
    found.addFirst(blob);
  }
}
