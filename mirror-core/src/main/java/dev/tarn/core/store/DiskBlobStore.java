package dev.tarn.core.store;

import dev.tarn.core.digest.Algorithm;
import dev.tarn.core.digest.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The blob store on a directory of the node's disk. Thread-safe; {@link #open}, {@link #sizeOf} and
 * {@link #remove} may run on an event loop, all else blocks.
 *
 * <p>Opening it looks at no content: what lies on disk can be served at once, and the books for
 * eviction are filled in the background.
 */
public final class DiskBlobStore implements BlobStore {
  private static final Logger log = LoggerFactory.getLogger(DiskBlobStore.class);

  private final StoreLock lock;
  private final StoreParts parts;

  private DiskBlobStore(StoreLock lock, StoreParts parts) {
    this.lock = lock;
    this.parts = parts;
  }

  /**
   * Opens the store, creating its directory where it is missing.
   *
   * @param background where files are scanned and deleted: its threads may block. Borrowed
   * @throws StoreInUseException where another process uses the directory
   */
  public static DiskBlobStore open(
      StoreOptions options, Clock clock, FileSystemSpace space, Executor background)
      throws IOException {
    return open(options, clock, space, background, Disk.REAL);
  }

  static DiskBlobStore open(
      StoreOptions options, Clock clock, FileSystemSpace space, Executor background, Disk disk)
      throws IOException {
    StoreLock lock = StoreLock.acquire(options.path());
    try {
      StoreLayout layout = StoreLayout.create(options.path());
      for (Algorithm algorithm : Algorithm.values()) {
        disk.forceDirectory(layout.blobs(algorithm));
      }
      DiskBlobStore store =
          new DiskBlobStore(
              lock, StoreParts.create(options, layout, disk, clock, space, background));
      store.parts.room().settle();
      background.execute(store::fill);
      return store;
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private void fill() {
    try {
      parts.layout().deleteOldTemporaries();
    } catch (IOException e) {
      log.atWarn().setCause(e).log("store.temporaries.failed");
    }
    parts.room().fill();
    maintain();
    log.atInfo()
        .addKeyValue("blobs", parts.complete().index().blobs())
        .addKeyValue("bytes", parts.complete().index().bytes())
        .addKeyValue("partialBytes", parts.partials().keptBytes())
        .log("store.filled");
  }

  /**
   * Tells {@code listener} from now on which complete content is no longer here; on whichever
   * thread took it out, so it must not block.
   */
  public void onGone(Consumer<Digest> listener) {
    parts.complete().onGone(listener);
  }

  /**
   * Names what is evicted before all else: content that this node has a second time. What is being
   * read, and the latest arrivals, stay all the same.
   *
   * @param elsewhere asked on whichever thread needs room: must be quick and must not block
   */
  public void evictFirst(Predicate<Digest> elsewhere) {
    parts.complete().evictFirst(elsewhere);
  }

  /**
   * Reads free space afresh, evicts what is too much, drops partial content that is too old. To be
   * called every few seconds on a thread that may block.
   */
  public void maintain() {
    long now = parts.clock().millis();
    parts.partials().expire(now - parts.options().partialTtl().toMillis());
    parts.partials().shrinkTo(parts.options().partialMaxBytes());
    parts.room().settle();
  }

  @Override
  public @Nullable StoredBlob open(Digest digest) {
    return parts.complete().open(digest);
  }

  @Override
  public OptionalLong sizeOf(Digest digest) {
    return parts.complete().sizeOf(digest);
  }

  @Override
  public OptionalLong partialSize(Digest digest) {
    return ChunkMap.contentSize(parts.layout().partialChunks(digest));
  }

  @Override
  public Admission admit(Digest digest, long size) throws IOException {
    if (size < 0 && size != UNKNOWN_SIZE) {
      throw new IllegalArgumentException("size " + size);
    }
    long kept = parts.partials().begin(digest);
    RoomKeeper.Claim claim = parts.room().claim(Math.max(0, size), kept);
    if (claim == null) {
      leave(digest, kept);
      return new Admission.NoRoom();
    }
    try {
      PartialFiles files = PartialFiles.open(parts.layout(), parts.disk(), digest, size);
      claim.written(files.bytesOf(files.resumedChunks()));
      return new Admission.Admitted(new DiskPartialBlob(digest, size, parts, files, claim));
    } catch (IOException e) {
      claim.close();
      leave(digest, kept);
      if (parts.diskFull().isNoRoom(e)) {
        return new Admission.NoRoom();
      }
      throw e;
    }
  }

  private void leave(Digest digest, long kept) {
    if (kept > 0) {
      parts.partials().endKeeping(digest, kept, parts.clock().millis());
    } else {
      parts.partials().end(digest);
    }
  }

  @Override
  public void put(Digest digest, ByteBuffer content) throws IOException {
    if (sizeOf(digest).isPresent()) {
      return;
    }
    int size = content.remaining();
    RoomKeeper.Claim claim = parts.room().claim(size, 0);
    if (claim == null) {
      throw new NoRoomException("the store's limit leaves no room");
    }
    Path file = parts.layout().newTemporary();
    try (FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            StoreLayout.FILE_MODE)) {
      parts.disk().write(channel, content.duplicate(), 0);
      parts.disk().force(channel);
      parts.complete().prepare(digest, size);
      claim.close();
      parts.complete().index().unpin(parts.complete().enter(digest, file, size));
      parts.room().trim();
    } catch (IOException e) {
      Files.deleteIfExists(file);
      throw parts.diskFull().orNoRoom(e);
    } finally {
      claim.close();
    }
  }

  @Override
  public void remove(Digest digest) {
    parts.complete().remove(digest);
  }

  @Override
  public void forEach(ObjLongConsumer<Digest> blob) {
    parts.complete().index().forEach(known -> blob.accept(known.digest(), known.size()));
  }

  @Override
  public StoreStatistics statistics() {
    CompleteBlobs complete = parts.complete();
    return new StoreStatistics(
        complete.index().blobs(),
        complete.index().bytes(),
        parts.partials().keptBytes() + parts.room().writtenBytes(),
        complete.evictedBlobs(),
        complete.evictedBytes(),
        parts.room().completeLimit(),
        parts.room().limit().squeezed());
  }

  /** The room of complete content that is being read, once nothing is young any more. */
  long pinnedRoom() {
    parts.complete().index().wean(0);
    return parts.complete().index().pinnedRoom();
  }

  /** Gives up the lock and does nothing else, as the end of the process does. */
  void abandon() throws IOException {
    lock.close();
  }

  /** Frees the directory for another process. Open readers go on undisturbed. */
  @Override
  public void close() throws IOException {
    parts.layout().deleteTemporaries();
    lock.close();
  }
}
