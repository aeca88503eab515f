package dev.tarn.core.transfer;

import java.nio.channels.FileChannel;

/**
 * One reader's hold on a {@link Transfer}: while it is open the file stays open, and the transfer
 * is wanted. Used by one thread at a time; closing is idempotent.
 */
public final class TransferReader implements AutoCloseable {
  private final Transfer transfer;
  private volatile boolean closed;

  TransferReader(Transfer transfer) {
    this.transfer = transfer;
  }

  public Transfer transfer() {
    return transfer;
  }

  /** The growing file, borrowed: read by absolute position only, and only what is ready. */
  public FileChannel channel() {
    return transfer.channel();
  }

  /** What there is at {@code offset} now. */
  public Transfer.Progress progress(long offset) {
    return transfer.progress(offset);
  }

  /**
   * Calls {@code wake} once, when there is something to read at {@code offset} or the transfer
   * ended; at once where that is so already. It runs on the thread that made the progress, and must
   * only hand over to its own. At most one call is outstanding.
   */
  public void onProgress(long offset, Runnable wake) {
    transfer.onProgress(this, offset, wake);
  }

  /** Whether it was closed; may be asked by any thread. */
  public boolean isClosed() {
    return closed;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      transfer.leave(this);
    }
  }
}
