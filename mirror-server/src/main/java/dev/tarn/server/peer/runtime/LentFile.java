package dev.tarn.server.peer.runtime;

import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/** An arrival's file, joined when first read and left at the end: one event loop. */
final class LentFile implements AutoCloseable {
  private final Arrival arrival;
  private @Nullable SharedFile file;
  private boolean closed;

  LentFile(Arrival arrival) {
    this.arrival = arrival;
  }

  /** Joins it, unless that was done; false where it is no longer to be had. */
  boolean open() {
    if (file == null && !closed) {
      file = arrival.share();
    }
    return file != null;
  }

  /** The open file. */
  FileChannel channel() {
    SharedFile shared = file;
    if (shared == null) {
      throw new IllegalStateException("nothing is ready yet");
    }
    return shared.file().channel();
  }

  @Override
  public void close() {
    closed = true;
    SharedFile shared = file;
    file = null;
    if (shared != null) {
      shared.leave();
    }
  }
}
