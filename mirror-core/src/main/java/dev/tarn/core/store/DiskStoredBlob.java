package dev.tarn.core.store;

import dev.tarn.core.digest.Digest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An open file of complete content, and the pin that keeps it from eviction. Thread-safe. */
final class DiskStoredBlob extends AtomicBoolean implements StoredBlob {
  private static final long serialVersionUID = 1L;
  private static final Logger log = LoggerFactory.getLogger(DiskStoredBlob.class);

  private final transient Digest digest;
  private final long size;
  private final transient FileChannel channel;
  private final transient BlobIndex index;
  private final transient @Nullable IndexedBlob pinned;

  DiskStoredBlob(
      Digest digest,
      long size,
      FileChannel channel,
      BlobIndex index,
      @Nullable IndexedBlob pinned) {
    this.digest = digest;
    this.size = size;
    this.channel = channel;
    this.index = index;
    this.pinned = pinned;
  }

  @Override
  public Digest digest() {
    return digest;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public FileChannel channel() {
    return channel;
  }

  @Override
  public void close() {
    if (!compareAndSet(false, true)) {
      return;
    }
    try {
      channel.close();
    } catch (IOException e) {
      log.atWarn().addKeyValue("digest", digest).setCause(e).log("blob.close.failed");
    }
    if (pinned != null) {
      index.unpin(pinned);
    }
  }
}
