package dev.tarn.server.peer.runtime;

/** A blob's file, closed by the last of those who use it. Thread-safe. */
final class SharedFile {
  private final BlobFile file;

  /** The arrival is the first of them. Guarded by this. */
  private int users = 1;

  SharedFile(BlobFile file) {
    this.file = file;
  }

  BlobFile file() {
    return file;
  }

  /** Whether it is still open, and stays so until the caller {@link #leave}s. */
  synchronized boolean join() {
    if (users == 0) {
      return false;
    }
    users++;
    return true;
  }

  void leave() {
    synchronized (this) {
      if (--users > 0) {
        return;
      }
    }
    file.close();
  }

  /** What is in it is worth nothing; for the arrival, which thereby leaves it. */
  void abandon() {
    file.abandon();
    leave();
  }
}
