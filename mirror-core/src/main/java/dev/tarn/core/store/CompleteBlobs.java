package dev.tarn.core.store;

import dev.tarn.core.digest.Digest;
import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongUnaryOperator;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of complete content and their index. Thread-safe; {@link #open}, {@link #sizeOf} and
 * {@link #remove} may run on an event loop.
 *
 * <p>The file system decides what is here; the index only knows what to evict. Names change under a
 * lock of their digest that is held for one rename: what is to be deleted is renamed away first and
 * unlinked, which takes long for large files, afterwards.
 */
final class CompleteBlobs {
  /** How stale a file's modification time may get while the file is read. */
  static final Duration TOUCH_INTERVAL = Duration.ofHours(1);

  /** This part of the room is for the latest arrivals, whatever the policy thinks of them. */
  private static final int YOUNG_PART = 4;

  private static final Logger log = LoggerFactory.getLogger(CompleteBlobs.class);
  private static final int LOCKS = 64;
  private static final Set<OpenOption> READ = Set.of(StandardOpenOption.READ);

  private final StoreLayout layout;
  private final Disk disk;
  private final Clock clock;
  private final Executor background;
  private final BlobIndex index = new BlobIndex();
  private final Spare spare;
  private volatile Consumer<Digest> gone = digest -> {};
  private final Lock[] locks = new Lock[LOCKS];
  private final LongAdder evictedBlobs = new LongAdder();
  private final LongAdder evictedBytes = new LongAdder();

  /** Whether the index knows all that lies on disk. */
  private volatile boolean filled;

  CompleteBlobs(StoreLayout layout, Disk disk, Clock clock, Executor background) {
    this.layout = layout;
    this.disk = disk;
    this.clock = clock;
    this.background = background;
    this.spare = new Spare(index, clock);
    for (int i = 0; i < LOCKS; i++) {
      locks[i] = new ReentrantLock();
    }
  }

  private Lock lockOf(Digest digest) {
    return locks[(digest.hashCode() & 0x7fffffff) % LOCKS];
  }

  BlobIndex index() {
    return index;
  }

  long evictedBlobs() {
    return evictedBlobs.sum();
  }

  long evictedBytes() {
    return evictedBytes.sum();
  }

  @Nullable StoredBlob open(Digest digest) {
    IndexedBlob known = index.use(digest);
    boolean pinned = known != null && index.pin(known);
    FileChannel channel = null;
    try {
      channel = FileChannel.open(layout.blob(digest), READ);
      long size = channel.size();
      if (BlobScan.isWhole(digest, size)) {
        if (known == null && !filled) {
          known = index.addFound(new IndexedBlob(digest, size, 0));
          pinned = index.pin(known);
        }
        touch(known);
        return new DiskStoredBlob(digest, size, channel, index, pinned ? known : null);
      }
      log.atWarn().addKeyValue("digest", digest).log("blob.empty");
      forget(known);
    } catch (NoSuchFileException _) {
      forget(known);
    } catch (IOException e) {
      // Content that cannot be read now is content that is not here: upstream has it.
      log.atWarn().addKeyValue("digest", digest).setCause(e).log("blob.open.failed");
    }
    closeQuietly(channel);
    if (known != null && pinned) {
      index.unpin(known);
    }
    return null;
  }

  private void forget(@Nullable IndexedBlob vanished) {
    if (vanished != null) {
      index.forget(vanished);
    }
  }

  OptionalLong sizeOf(Digest digest) {
    File file = layout.blob(digest).toFile();
    long size = file.length();
    if (size > 0) {
      return OptionalLong.of(size);
    }
    return BlobScan.isWhole(digest, size) && file.exists()
        ? OptionalLong.of(0)
        : OptionalLong.empty();
  }

  private void touch(@Nullable IndexedBlob blob) {
    if (blob == null) {
      return;
    }
    long now = clock.millis();
    if (now - blob.touchedMillis() >= TOUCH_INTERVAL.toMillis()) {
      blob.touchedMillis(now);
      later(() -> setModified(blob.digest(), now));
    }
  }

  private void later(Runnable work) {
    try {
      background.execute(work);
    } catch (RejectedExecutionException _) {
      // Shutting down: recency may be lost, and the next start deletes what is left.
      log.atDebug().log("store.background.rejected");
    }
  }

  private void setModified(Digest digest, long millis) {
    boolean done = layout.blob(digest).toFile().setLastModified(millis);
    log.atTrace().addKeyValue("digest", digest).addKeyValue("done", done).log("blob.touched");
  }

  /** Makes the directory that a blob of that size is to enter, durably. */
  void prepare(Digest digest, long size) throws IOException {
    if (!BlobScan.isWhole(digest, size)) {
      throw new IOException("no content for " + digest);
    }
    makeDirectory(digest);
  }

  private synchronized void makeDirectory(Digest digest) throws IOException {
    Path directory = layout.blobDirectory(digest);
    if (Files.isDirectory(directory)) {
      return;
    }
    Files.createDirectories(directory, StoreLayout.DIRECTORY_MODE);
    try {
      disk.forceDirectory(layout.blobs(digest.algorithm()));
    } catch (IOException e) {
      Files.deleteIfExists(directory);
      throw e;
    }
  }

  /**
   * Gives a file its name, durably. Its bytes are on the device, its directory {@linkplain #prepare
   * prepared}.
   *
   * @return the blob, pinned: the caller {@linkplain BlobIndex#unpin unpins} it
   */
  IndexedBlob enter(Digest digest, Path file, long size) throws IOException {
    IndexedBlob blob = new IndexedBlob(digest, size, clock.millis());
    Lock lock = lockOf(digest);
    lock.lock();
    try {
      disk.rename(file, layout.blob(digest));
      index.pin(blob);
      index.addNew(blob);
    } finally {
      lock.unlock();
    }
    try {
      disk.forceDirectory(layout.blobDirectory(digest));
    } catch (IOException e) {
      remove(digest);
      index.unpin(blob);
      throw e;
    }
    return blob;
  }

  void remove(Digest digest) {
    Path doomed = layout.newTemporary();
    Lock lock = lockOf(digest);
    lock.lock();
    try {
      index.forget(digest);
      disk.rename(layout.blob(digest), doomed);
    } catch (NoSuchFileException _) {
      return;
    } catch (IOException e) {
      log.atWarn().addKeyValue("digest", digest).setCause(e).log("blob.remove.failed");
      return;
    } finally {
      lock.unlock();
    }
    gone.accept(digest);
    later(() -> unlink(doomed));
  }

  /** What became of a blob that the policy nominated. */
  private enum Nominee {
    GONE,
    READ,
    NOT_NEEDED
  }

  /** Tells {@code listener} from now on what is no longer here. */
  void onGone(Consumer<Digest> listener) {
    gone = listener;
  }

  /** What {@code holds} says is on this node a second time is evicted before all else. */
  void evictFirst(Predicate<Digest> holds) {
    spare.elsewhere(holds);
  }

  /**
   * Evicts what is here a second time, then by the policy, until what is left takes at most {@code
   * room} or is being read.
   */
  void shrinkTo(long room) {
    index.wean(room / YOUNG_PART);
    giveUpSpare(room);
    List<IndexedBlob> notNeeded = new ArrayList<>();
    boolean again = true;
    while (again) {
      again = false;
      index.limit(room);
      for (IndexedBlob blob = index.nominated(); blob != null; blob = index.nominated()) {
        switch (evict(blob, room)) {
          case GONE -> {}
          // It takes room that another then has to give.
          case READ -> again = true;
          case NOT_NEEDED -> notNeeded.add(blob);
        }
      }
    }
    notNeeded.forEach(this::takeBack);
  }

  private void giveUpSpare(long room) {
    while (index.roomBytes() > room) {
      IndexedBlob blob = spare.next();
      if (blob == null) {
        return;
      }
      switch (evict(blob, room)) {
        case GONE, READ -> {}
        case NOT_NEEDED -> spare.keep(blob);
      }
    }
  }

  private void takeBack(IndexedBlob blob) {
    Lock lock = lockOf(blob.digest());
    lock.lock();
    try {
      if (stillThere(blob)) {
        index.keep(blob);
      } else {
        index.superseded(blob);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Whether a nominee's file is still the one that it stood for; under the digest's lock. */
  private boolean stillThere(IndexedBlob nominee) {
    return !index.replaced(nominee) && layout.blob(nominee.digest()).toFile().exists();
  }

  /** Evicts a blob, unless so much room suffices for all, or it is being read. */
  private Nominee evict(IndexedBlob blob, long room) {
    if (index.roomBytes() <= room) {
      return Nominee.NOT_NEEDED;
    }
    Digest digest = blob.digest();
    Path doomed = layout.newTemporary();
    Lock lock = lockOf(digest);
    lock.lock();
    try {
      if (!stillThere(blob)) {
        index.superseded(blob);
        return Nominee.GONE;
      }
      if (!index.retire(blob)) {
        index.keepPinned(blob);
        return Nominee.READ;
      }
      disk.rename(layout.blob(digest), doomed);
    } catch (IOException e) {
      log.atWarn().addKeyValue("digest", digest).setCause(e).log("blob.evict.failed");
      return Nominee.GONE;
    } finally {
      lock.unlock();
    }
    unlink(doomed);
    gone.accept(digest);
    evictedBlobs.increment();
    evictedBytes.add(blob.size());
    log.atDebug()
        .addKeyValue("digest", digest)
        .addKeyValue("bytes", blob.size())
        .log("blob.evicted");
    return Nominee.GONE;
  }

  private static void unlink(Path doomed) {
    try {
      Files.deleteIfExists(doomed);
    } catch (IOException e) {
      log.atWarn().addKeyValue("file", doomed).setCause(e).log("blob.unlink.failed");
    }
  }

  private static void closeQuietly(@Nullable FileChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      log.atWarn().setCause(e).log("blob.close.failed");
    }
  }

  boolean filled() {
    return filled;
  }

  /**
   * Fills the index with what lies on disk, the longest unused first, and evicts in that order what
   * is too much. Called once.
   *
   * @param limit answers what room complete content may take, given what it takes now
   */
  void fill(LongUnaryOperator limit) {
    List<IndexedBlob> oldestFirst = new ArrayList<>();
    List<Digest> openedMeanwhile = new ArrayList<>();
    for (IndexedBlob blob : BlobScan.oldestFirst(layout)) {
      if (index.addFound(blob) == blob) {
        oldestFirst.add(blob);
      } else {
        openedMeanwhile.add(blob.digest());
      }
    }
    for (Digest digest : openedMeanwhile) {
      IndexedBlob _ = index.use(digest);
    }
    long room = limit.applyAsLong(index.roomBytes());
    for (IndexedBlob blob : oldestFirst) {
      if (evict(blob, room) == Nominee.NOT_NEEDED) {
        break;
      }
    }
    filled = true;
  }
}
