package dev.tarn.core.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import dev.tarn.core.digest.Digest;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
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
 */
final class BlobIndex {
  /** Sizes are rounded up to it: Caffeine's weights are ints, and a file takes whole blocks. */
  static final int WEIGHT_UNIT_BYTES = 4096;

  /**
   * How often new content counts as used. Caffeine's admission prefers the resident on a tie, and
   * rejects what is new: a mirror rather keeps what the cluster is pulling now.
   */
  private static final int NEWBORN_USES = 3;

  private static final long UNLIMITED = Long.MAX_VALUE / 2;

  private final Queue<IndexedBlob> nominated = new ConcurrentLinkedQueue<>();
  private final Cache<Digest, IndexedBlob> cache;
  private final Policy.Eviction<Digest, IndexedBlob> eviction;
  private final AtomicLong blobs = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong pinnedBytes = new AtomicLong();
  private final AtomicLong weightlessBytes = new AtomicLong();

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

  private static int weight(IndexedBlob blob) {
    return blob.weightless() ? 0 : (int) Math.min(Integer.MAX_VALUE, units(blob.size()));
  }

  private static long units(long size) {
    return Math.max(1, (size + WEIGHT_UNIT_BYTES - 1) / WEIGHT_UNIT_BYTES);
  }

  long blobs() {
    return blobs.get();
  }

  /** The bytes of all blobs, nominees that are not gone yet among them. */
  long bytes() {
    return bytes.get();
  }

  /** The bytes that cannot be given up now, because somebody reads them. */
  long pinnedBytes() {
    return pinnedBytes.get();
  }

  /** The blob, which thereby counts as used; null where none is known. */
  @Nullable IndexedBlob use(Digest digest) {
    return cache.getIfPresent(digest);
  }

  /** Whether another blob has taken this one's place; that does not count as use. */
  boolean replaced(IndexedBlob blob) {
    IndexedBlob now = cache.policy().getIfPresentQuietly(blob.digest());
    return now != null && now != blob;
  }

  /** Notes a blob that lay on disk all along; answers what is known of it by then. */
  IndexedBlob addFound(IndexedBlob blob) {
    IndexedBlob known = cache.asMap().putIfAbsent(blob.digest(), blob);
    if (known != null) {
      return known;
    }
    count(blob);
    return blob;
  }

  /** Notes a blob that has just been published, maybe in another's place. */
  void addNew(IndexedBlob blob) {
    count(blob);
    IndexedBlob before = cache.asMap().put(blob.digest(), blob);
    if (before != null) {
      uncount(before);
    }
    for (int i = 0; i < NEWBORN_USES; i++) {
      IndexedBlob _ = use(blob.digest());
    }
  }

  private void count(IndexedBlob blob) {
    blobs.incrementAndGet();
    bytes.addAndGet(blob.size());
  }

  private void uncount(IndexedBlob blob) {
    blobs.decrementAndGet();
    bytes.addAndGet(-blob.size());
    weightless(blob, false);
  }

  private synchronized void weightless(IndexedBlob blob, boolean value) {
    if (blob.weightless() != value) {
      blob.weightless(value);
      weightlessBytes.addAndGet(value ? blob.size() : -blob.size());
    }
  }

  /** Takes note of a handle; false where the blob is gone and the handle stands for itself. */
  boolean pin(IndexedBlob blob) {
    int before = blob.pin();
    if (before == 0) {
      pinnedBytes.addAndGet(blob.size());
    }
    return before >= 0;
  }

  /** Takes note that a handle was closed. */
  void unpin(IndexedBlob blob) {
    if (blob.unpin() == 0) {
      pinnedBytes.addAndGet(-blob.size());
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

  /** Takes a nominee out of the sums whose place another has taken. */
  void superseded(IndexedBlob nominee) {
    uncount(nominee);
  }

  /** Sets what all blobs may take together, and nominates what is too much. */
  void limit(long limitBytes) {
    long weighed = limitBytes == Long.MAX_VALUE ? UNLIMITED : limitBytes - weightlessBytes.get();
    eviction.setMaximum(Math.max(0, weighed / WEIGHT_UNIT_BYTES));
    cache.cleanUp();
  }

  /** The next blob that the policy gave up; null where there is none. */
  @Nullable IndexedBlob nominated() {
    return nominated.poll();
  }

  /** Takes a nominee back that is being read. */
  void keepPinned(IndexedBlob blob) {
    weightless(blob, true);
    cache.put(blob.digest(), blob);
    weighAgain(blob);
  }

  private void weighAgain(IndexedBlob blob) {
    if (blob.weightless() && !blob.pinned()) {
      weightless(blob, false);
      cache.asMap().replace(blob.digest(), blob, blob);
    }
  }
}
