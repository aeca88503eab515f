package dev.tarn.core.containerd;

import dev.tarn.core.containerd.KnownBlob.State;
import dev.tarn.core.digest.Digest;
import dev.tarn.core.store.StoredBlob;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.ObjLongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this node's containerd holds, read-only. Thread-safe; {@link #open}, {@link #sizeOf} and
 * {@link #holds} cost at most a few system calls and may run on an event loop.
 *
 * <p>What {@link #open} hands out was hashed here once, and is still the file that was hashed.
 * containerd may delete it at any moment: that is a miss, and who reads it goes on undisturbed. A
 * thread of its own keeps the inventory, and rests so much that it takes a fiftieth of a processor.
 */
public final class ContainerdStore implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ContainerdStore.class);
  private static final Duration IDLE = Duration.ofSeconds(1);
  private static final Duration CLOSING = Duration.ofSeconds(2);

  /** How many files are hashed at once because a client waits. */
  private static final int HASHED_FOR_CLIENTS = 2;

  private final ContentDirectory directory;
  private final KnownBlobs known;
  private final Inspection inspection;
  private final Inventory inventory;
  private final LongSupplier nanoClock;
  private final Semaphore forClients = new Semaphore(HASHED_FOR_CLIENTS);
  private final LongAdder opened = new LongAdder();
  private final Thread thread =
      Thread.ofPlatform().name("tarn-containerd").daemon().unstarted(this::run);

  ContainerdStore(
      ContainerdOptions options,
      ContentDirectory directory,
      Supplier<DirectoryWatch> watches,
      LongSupplier nanoClock,
      ContainerdListener listener) {
    this.nanoClock = nanoClock;
    this.directory = directory;
    this.known = new KnownBlobs(listener);
    VerifiedFiles remembered = new VerifiedFiles(options.remembered());
    this.inspection = new Inspection(directory, known, remembered);
    this.inventory =
        new Inventory(
            directory, options.ownCopy(), known, remembered, inspection, watches, nanoClock);
  }

  /** Begins to keep an inventory, on a thread of its own; looks at nothing before it returns. */
  public static ContainerdStore open(
      ContainerdOptions options, LongSupplier nanoClock, ContainerdListener listener) {
    ContainerdStore store =
        new ContainerdStore(
            options,
            new ContentDirectory(options.blobs()),
            ContainerdStore::newWatch,
            nanoClock,
            listener);
    store.thread.start();
    return store;
  }

  private static DirectoryWatch newWatch() {
    try {
      return NioWatch.open();
    } catch (IOException e) {
      log.atWarn().setCause(e).log("containerd.watch.failed");
      return new NoWatch();
    }
  }

  /** Opens a blob whose bytes matched its digest, or answers null. The caller closes it. */
  public @Nullable StoredBlob open(Digest digest) {
    KnownBlob blob = known.get(digest);
    if (blob == null || !blob.verified()) {
      return null;
    }
    try {
      // Before, so that nothing but a file is opened; after, so that it is this one.
      if (inspection.unchanged(blob)) {
        FileChannel channel = directory.open(digest);
        if (inspection.unchanged(blob)) {
          opened.increment();
          return new ContainerdBlob(digest, blob.identity().size(), channel);
        }
        channel.close();
      }
      changed(digest);
    } catch (IOException e) {
      inspection.failed(blob, e);
    }
    return null;
  }

  /** The size of a blob whose bytes matched its digest. */
  public OptionalLong sizeOf(Digest digest) {
    KnownBlob blob = known.get(digest);
    if (blob == null || !blob.verified()) {
      return OptionalLong.empty();
    }
    if (inspection.unchanged(blob)) {
      return OptionalLong.of(blob.identity().size());
    }
    changed(digest);
    return OptionalLong.empty();
  }

  private void changed(Digest digest) {
    if (inspection.look(digest) != null) {
      inventory.want(digest);
    }
  }

  /**
   * Opens a blob as {@link #open} does; one whose bytes were not looked at yet is hashed first, on
   * this thread. Blocks.
   *
   * @param patience after which it answers null, and the blob is hashed in the background
   */
  public @Nullable StoredBlob openVerifying(Digest digest, Duration patience) {
    StoredBlob blob = open(digest);
    if (blob != null) {
      return blob;
    }
    KnownBlob found = inspection.look(digest);
    if (found == null) {
      return null;
    }
    return switch (found.state()) {
      case VERIFIED -> open(digest);
      case MISMATCHED, UNREADABLE -> null;
      case FOUND -> verify(found, patience) ? open(digest) : null;
    };
  }

  private boolean verify(KnownBlob found, Duration patience) {
    if (!forClients.tryAcquire()) {
      inventory.want(found.digest());
      return false;
    }
    long began = nanoClock.getAsLong();
    try (BlobHash hash = inspection.begin(found)) {
      while (hash != null && inspection.next(hash)) {
        if (nanoClock.getAsLong() - began > patience.toNanos()) {
          inventory.want(found.digest());
          return false;
        }
      }
      return hash != null;
    } catch (IOException e) {
      log.atWarn().setCause(e).log("containerd.close.failed");
      return false;
    } finally {
      forClients.release();
    }
  }

  /**
   * Whether containerd holds that blob, as far as is known, looked at or not; no system call. What
   * it holds Tarn's own store need not keep.
   */
  public boolean holds(Digest digest) {
    KnownBlob blob = known.get(digest);
    return blob != null && (blob.verified() || blob.state() == State.FOUND);
  }

  /** Tarn's own copy is gone, or somebody asked: the blob is to be hashed before others. */
  public void want(Digest digest) {
    inventory.want(digest);
  }

  /** Somebody got bytes of that blob that did not match: it is hashed again before it is served. */
  public void distrust(Digest digest) {
    if (inspection.distrust(digest)) {
      inventory.want(digest);
    }
  }

  /** Tells all blobs whose bytes matched their digests, and their sizes. */
  public void forEach(ObjLongConsumer<Digest> blob) {
    for (KnownBlob one : known.all()) {
      if (one.verified()) {
        blob.accept(one.digest(), one.identity().size());
      }
    }
  }

  /** What is known now, for metrics; cheap. */
  public ContainerdStatistics statistics() {
    return new ContainerdStatistics(
        inventory.readable(),
        inventory.watched(),
        known.size(),
        known.bytes(),
        known.count(State.VERIFIED),
        known.bytes(State.VERIFIED),
        known.count(State.MISMATCHED),
        known.count(State.UNREADABLE),
        inspection.hashedBytes(),
        inventory.listings(),
        opened.sum());
  }

  /** Does a little of the inventory's work, for tests; answers whether there is more. */
  boolean step() {
    return inventory.step();
  }

  private void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        long began = nanoClock.getAsLong();
        boolean more = stepOrLog();
        Thread.sleep(Duration.ofNanos(Pace.restNanos(nanoClock.getAsLong() - began)));
        if (!more) {
          inventory.await(IDLE);
        }
      }
    } catch (InterruptedException e) {
      log.atDebug().log("containerd.closing");
    } finally {
      inventory.close();
    }
  }

  private boolean stepOrLog() throws InterruptedException {
    try {
      return inventory.step();
    } catch (RuntimeException e) {
      log.atError().setCause(e).log("containerd.inventory.failed");
      Thread.sleep(Pace.LONGEST);
      return true;
    }
  }

  /** Ends the inventory. Open blobs stay readable. */
  @Override
  public void close() {
    if (!thread.isAlive()) {
      inventory.close();
      return;
    }
    thread.interrupt();
    try {
      if (!thread.join(CLOSING)) {
        log.atWarn().log("containerd.close.slow");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
