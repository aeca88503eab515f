package dev.tarn.core.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import dev.tarn.core.digest.Digest;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which complete blobs there are, and which of them to give up first: by Caffeine's policy, recency
 * and frequency, with sizes as weights. Thread-safe; does no I/O and never waits, so it may be used
 * on an event loop.
 *
 * <p>The policy only nominates: what it evicts is queued until {@link #nominated} is asked. A
 * nominee that is being read goes back {@linkplain #keepPinned without weight}, which Caffeine
 * never evicts, and gets its weight back with the last handle. So a look-up costs no bookkeeping
 * but a counter.
 *
 * <p>Caffeine's admission gives new content one percent of the room to prove itself in, and rather
 * keeps what it knows. A mirror has to keep what the cluster is pulling right now, so the latest
 * arrivals are pinned until {@linkplain #wean others arrived after them}.
 */
final class BlobIndex {
  private static final long UNLIMITED = Long.MAX_VALUE / 2;

  private final Queue<IndexedBlob> nominated = new ConcurrentLinkedQueue<>();
  private final Cache<Digest, IndexedBlob> cache;
  private final Policy.Eviction<Digest, IndexedBlob> eviction;
  private final AtomicLong blobs = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong roomBytes = new AtomicLong();
  private final AtomicLong pinnedRoom = new AtomicLong();
  private final AtomicLong weightlessRoom = new AtomicLong();

  /** The latest arrivals, the oldest first; guarded by itself. */
  private final Deque<IndexedBlob> young = new ArrayDeque<>();

  private long youngRoom;

  BlobIndex() {
    cache =
        Caffeine.newBuilder()
            .maximumWeight(UNLIMITED)
            .weigher((Digest digest, IndexedBlob blob) -> weight(blob))
            .evictionListener((digest, blob, cause) -> nominate(blob))
            // Its maintenance moves list entries and calls the listener above: no reason to hop.
            .executor(Runnable::run)
            .build();
    eviction = cache.policy().eviction().orElseThrow();
  }

  private void nominate(@Nullable IndexedBlob blob) {
    if (blob != null) {
      nominated.add(blob);
    }
  }

  /** In blocks: Caffeine's weights are ints. */
  private static int weight(IndexedBlob blob) {
    return blob.weightless()
        ? 0
        : (int) Math.min(Integer.MAX_VALUE, blob.room() / IndexedBlob.BLOCK_BYTES);
  }

  long blobs() {
    return blobs.get();
  }

  /** The bytes of all blobs, nominees that are not gone yet among them. */
  long bytes() {
    return bytes.get();
  }

  /** The room that all these take on disk. */
  long roomBytes() {
    return roomBytes.get();
  }

  /** The room that cannot be had now, because somebody reads what is there, or it is too young. */
  long pinnedRoom() {
    return pinnedRoom.get();
  }

  /** The blob, which thereby counts as used; null where none is known. */
  @Nullable IndexedBlob use(Digest digest) {
    return cache.getIfPresent(digest);
  }

  /** Tells every blob that is known; that does not count as use. */
  void forEach(Consumer<IndexedBlob> blob) {
    cache.asMap().values().forEach(blob);
  }

  /** Whether another blob has taken this one's place; that does not count as use. */
  boolean replaced(IndexedBlob blob) {
    IndexedBlob now = cache.policy().getIfPresentQuietly(blob.digest());
    return now != null && now != blob;
  }

  /** Notes a blob that lay on disk all along; answers what is known of it by then. */
  IndexedBlob addFound(IndexedBlob blob) {
    count(blob);
    IndexedBlob known = cache.asMap().putIfAbsent(blob.digest(), blob);
    if (known != null) {
      uncount(blob);
      return known;
    }
    return blob;
  }

  /** Notes a blob that has just been published, maybe in another's place. */
  void addNew(IndexedBlob blob) {
    count(blob);
    IndexedBlob before = cache.asMap().put(blob.digest(), blob);
    if (before != null) {
      uncount(before);
    }
    // Caffeine prefers the resident on a tie.
    IndexedBlob _ = use(blob.digest());
    if (pin(blob)) {
      synchronized (young) {
        young.add(blob);
        youngRoom += blob.room();
      }
    }
  }

  /** Leaves the protection of the young to the latest arrivals that take so much room together. */
  void wean(long room) {
    synchronized (young) {
      while (youngRoom > room) {
        IndexedBlob grown = young.removeFirst();
        youngRoom -= grown.room();
        unpin(grown);
      }
    }
  }

  private void count(IndexedBlob blob) {
    blob.count();
    blobs.incrementAndGet();
    bytes.addAndGet(blob.size());
    roomBytes.addAndGet(blob.room());
  }

  private void uncount(IndexedBlob blob) {
    if (!blob.uncount()) {
      return;
    }
    blobs.decrementAndGet();
    bytes.addAndGet(-blob.size());
    roomBytes.addAndGet(-blob.room());
    weightless(blob, false);
  }

  private synchronized void weightless(IndexedBlob blob, boolean value) {
    if (blob.weightless() != value) {
      blob.weightless(value);
      weightlessRoom.addAndGet(value ? blob.room() : -blob.room());
    }
  }

  /** Takes note of a handle; false where the blob is gone and the handle stands for itself. */
  boolean pin(IndexedBlob blob) {
    int before = blob.pin();
    if (before == 0) {
      pinnedRoom.addAndGet(blob.room());
    }
    return before >= 0;
  }

  /** Takes note that a handle was closed. */
  void unpin(IndexedBlob blob) {
    if (blob.unpin() == 0) {
      pinnedRoom.addAndGet(-blob.room());
      weighAgain(blob);
    }
  }

  /** Takes the blob out of the index, whoever reads it. */
  void forget(Digest digest) {
    IndexedBlob blob = cache.asMap().remove(digest);
    if (blob != null) {
      uncount(blob);
    }
  }

  /** Takes exactly this blob out of the index, whoever reads it, where it still is there. */
  void forget(IndexedBlob blob) {
    if (cache.asMap().remove(blob.digest(), blob)) {
      uncount(blob);
    }
  }

  /** Takes a blob out of the index for good, or a nominee out of the sums; not while it is read. */
  boolean retire(IndexedBlob blob) {
    if (!blob.retire()) {
      return false;
    }
    cache.asMap().remove(blob.digest(), blob);
    uncount(blob);
    return true;
  }

  /** Takes a blob out of the sums that is not what lies on disk any more. */
  void superseded(IndexedBlob blob) {
    cache.asMap().remove(blob.digest(), blob);
    uncount(blob);
  }

  /** Sets what all blobs may take together, and nominates what is too much. */
  void limit(long limitBytes) {
    long weighed = limitBytes == Long.MAX_VALUE ? UNLIMITED : limitBytes - weightlessRoom.get();
    eviction.setMaximum(Math.max(0, weighed / IndexedBlob.BLOCK_BYTES));
    cache.cleanUp();
  }

  /** Up to so many of those that nobody reads and {@code which} picks, the coldest first. */
  List<IndexedBlob> coldest(Predicate<Digest> which, int most) {
    return eviction.coldest(
        entries ->
            entries
                .map(Map.Entry::getValue)
                .filter(blob -> !blob.pinned() && which.test(blob.digest()))
                .limit(most)
                .toList());
  }

  /** The next blob that the policy gave up; null where there is none. */
  @Nullable IndexedBlob nominated() {
    return nominated.poll();
  }

  /** Takes a nominee back that need not go after all. */
  void keep(IndexedBlob blob) {
    cache.put(blob.digest(), blob);
  }

  /** Takes a nominee back that is being read. */
  void keepPinned(IndexedBlob blob) {
    synchronized (blob) {
      weightless(blob, true);
      cache.put(blob.digest(), blob);
    }
    weighAgain(blob);
  }

  private void weighAgain(IndexedBlob blob) {
    if (!blob.weightless()) {
      return;
    }
    // Caffeine weighs before it stores: the two must not fall apart.
    synchronized (blob) {
      if (blob.weightless() && !blob.pinned()) {
        weightless(blob, false);
        boolean _ = cache.asMap().replace(blob.digest(), blob, blob);
      }
    }
  }
}
