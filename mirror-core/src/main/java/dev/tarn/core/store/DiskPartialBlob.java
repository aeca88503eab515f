package dev.tarn.core.store;

import dev.tarn.core.digest.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Content that is arriving in a file of {@code partial/}. Thread-safe; blocks.
 *
 * <pre>
 *   open → published | kept | discarded, → closed
 * </pre>
 */
final class DiskPartialBlob implements PartialBlob {
  private static final Logger log = LoggerFactory.getLogger(DiskPartialBlob.class);

  private enum State {
    OPEN,
    PUBLISHED,
    KEPT,
    DISCARDED
  }

  private final Digest digest;
  private final long size;
  private final StoreParts store;
  private final PartialFiles files;
  private final RoomKeeper.Claim claim;
  private final WriteBehind device;
  private final BitSet finished;
  private volatile State state = State.OPEN;
  private boolean closed;
  private @Nullable IndexedBlob published;

  DiskPartialBlob(
      Digest digest, long size, StoreParts store, PartialFiles files, RoomKeeper.Claim claim) {
    this.digest = digest;
    this.size = size;
    this.store = store;
    this.files = files;
    this.claim = claim;
    this.device = new WriteBehind(store.disk(), files.channel(), store.background());
    this.finished = files.resumedChunks();
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
    return files.channel();
  }

  @Override
  public BitSet resumedChunks() {
    return files.resumedChunks();
  }

  @Override
  public void write(ByteBuffer bytes, long offset) throws IOException {
    requireOpen();
    long end = offset + bytes.remaining();
    if (offset < 0 || (size != BlobStore.UNKNOWN_SIZE && end > size)) {
      throw new IllegalArgumentException("bytes " + offset + ".." + end + " of " + size);
    }
    if (size == BlobStore.UNKNOWN_SIZE) {
      claim.cover(end);
    }
    int count = bytes.remaining();
    try {
      files.write(bytes, offset);
    } catch (IOException e) {
      throw store.diskFull().orNoRoom(e);
    }
    claim.wrote(count);
    device.wrote(count);
  }

  @Override
  public void chunkWritten(int chunk) throws IOException {
    requireOpen();
    try {
      files.finish(chunk);
    } catch (IOException e) {
      throw store.diskFull().orNoRoom(e);
    }
    synchronized (this) {
      finished.set(chunk);
    }
  }

  @Override
  public synchronized void publish(long finalSize) throws IOException {
    requireOpen();
    if (size != BlobStore.UNKNOWN_SIZE && size != finalSize) {
      throw new IllegalArgumentException("size " + finalSize + " of content of " + size);
    }
    try {
      files.requireSize(finalSize);
      device.finish();
      store.complete().prepare(digest, finalSize);
      claim.close();
      published = store.complete().enter(digest, files.data(), finalSize);
    } catch (IOException e) {
      // After a failed fsync nobody knows what the file holds.
      end(State.DISCARDED);
      throw store.diskFull().orNoRoom(e);
    }
    end(State.PUBLISHED);
    store.room().trim();
  }

  @Override
  public synchronized void keep() {
    requireOpen();
    boolean useless = files.bytesOf(finished) == 0 || device.failed();
    end(useless ? State.DISCARDED : State.KEPT);
  }

  @Override
  public synchronized void discard() {
    requireOpen();
    end(State.DISCARDED);
  }

  private void end(State ending) {
    state = ending;
    files.closeMap();
    if (ending == State.DISCARDED) {
      store.partials().deleteFiles(digest);
    }
    if (ending == State.PUBLISHED) {
      files.deleteMap();
    }
    if (ending == State.KEPT) {
      store.partials().endKeeping(digest, files.bytesOf(finished), store.clock().millis());
    } else {
      store.partials().end(digest);
    }
    claim.close();
    store.partials().shrinkTo(store.options().partialMaxBytes());
  }

  private void requireOpen() {
    if (state != State.OPEN) {
      throw new IllegalStateException("the partial of " + digest + " is " + state);
    }
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (state == State.OPEN) {
      keep();
    }
    try {
      files.channel().close();
    } catch (IOException e) {
      log.atWarn().addKeyValue("digest", digest).setCause(e).log("partial.close.failed");
    }
    if (published != null) {
      store.complete().index().unpin(published);
    }
  }
}
