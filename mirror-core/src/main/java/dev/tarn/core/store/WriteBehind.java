package dev.tarn.core.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a growing file to the device while it grows. Thread-safe.
 *
 * <p>containerd syncs a layer at the moment at which Tarn syncs its own copy; whoever then still
 * has all of it to write makes the other wait for the device.
 */
final class WriteBehind {
  /** After so many new bytes the file is synced. */
  static final long STEP_BYTES = 32L << 20;

  private static final Logger log = LoggerFactory.getLogger(WriteBehind.class);

  private final Disk disk;
  private final FileChannel channel;
  private final Executor background;
  private final AtomicLong unsynced = new AtomicLong();
  private final AtomicBoolean syncing = new AtomicBoolean();

  /** Held while syncing: the system tells of a failed write once, to one caller. */
  private final Lock device = new ReentrantLock();

  private @Nullable IOException failure;

  /**
   * For one open file.
   *
   * @param background may block. Borrowed
   */
  WriteBehind(Disk disk, FileChannel channel, Executor background) {
    this.disk = disk;
    this.channel = channel;
    this.background = background;
  }

  /** Takes note of bytes that were written; does not wait. */
  void wrote(int bytes) {
    if (unsynced.addAndGet(bytes) >= STEP_BYTES && syncing.compareAndSet(false, true)) {
      unsynced.set(0);
      try {
        background.execute(this::syncSoFar);
      } catch (RejectedExecutionException _) {
        // Shutting down: what ends syncs all.
        log.atDebug().log("partial.sync.rejected");
      }
    }
  }

  private void syncSoFar() {
    device.lock();
    try {
      disk.force(channel);
    } catch (IOException e) {
      // Or the file was closed meanwhile: then nobody asks any more.
      failure = e;
    } finally {
      device.unlock();
      syncing.set(false);
    }
  }

  /** Whether something of it did not get to the device: nobody knows what the file holds then. */
  boolean failed() {
    device.lock();
    try {
      return failure != null;
    } finally {
      device.unlock();
    }
  }

  /**
   * Waits until all that was written is on the device.
   *
   * @throws IOException also where an earlier part did not get there
   */
  void finish() throws IOException {
    device.lock();
    try {
      disk.force(channel);
      if (failure != null) {
        throw failure;
      }
    } finally {
      device.unlock();
    }
  }
}
