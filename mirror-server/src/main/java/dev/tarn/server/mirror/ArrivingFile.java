package dev.tarn.server.mirror;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.range.ChunkGrid;
import dev.tarn.core.store.NoRoomException;
import dev.tarn.core.store.PartialBlob;
import dev.tarn.core.transfer.Transfer;
import dev.tarn.core.transfer.TransferFailure;
import dev.tarn.server.peer.runtime.BlobFile;
import dev.tarn.server.peer.runtime.ChunkHash;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.HashMap;
import java.util.Map;

/**
 * A blob that arrives from peers and from upstream, as the {@link Transfer} that this node's
 * clients read. Used on threads that may block.
 */
final class ArrivingFile implements BlobFile {
  private final Transfer transfer;
  private final PartialBlob partial;
  private final PeerFetch fetch;
  private volatile boolean hidden;
  private volatile TransferFailure ending = TransferFailure.SOURCE;

  // Guarded by this.
  private boolean ended;
  private boolean closed;

  ArrivingFile(Transfer transfer, PartialBlob partial, PeerFetch fetch) {
    this.transfer = transfer;
    this.partial = partial;
    this.fetch = fetch;
  }

  Transfer transfer() {
    return transfer;
  }

  /** Hashes the chunks that an earlier transfer left; blocks. */
  Map<Integer, Digest> resumedChunks() throws IOException {
    Map<Integer, Digest> chunks = new HashMap<>();
    ChunkGrid grid = new ChunkGrid(partial.size());
    for (int chunk : partial.resumedChunks().stream().toArray()) {
      chunks.put(chunk, ChunkHash.of(partial.channel(), grid.start(chunk), grid.end(chunk)));
    }
    return chunks;
  }

  @Override
  public FileChannel channel() {
    return partial.channel();
  }

  @Override
  public void write(ByteBuffer bytes, long position, boolean vouched) throws IOException {
    fetch.arrives(this, bytes.remaining(), vouched);
    try {
      if (vouched) {
        transfer.write(position, bytes);
      } else {
        transfer.writeUnseen(position, bytes);
      }
    } catch (NoRoomException e) {
      ending = TransferFailure.NO_ROOM;
      throw e;
    } catch (IOException e) {
      ending = TransferFailure.STORAGE;
      throw e;
    } catch (IllegalStateException e) {
      throw new IOException("given up meanwhile", e);
    }
  }

  @Override
  public void verified(long start, long end) throws IOException {
    try {
      transfer.reveal(start, end);
    } catch (IllegalStateException e) {
      throw new IOException("given up meanwhile", e);
    }
  }

  @Override
  public void distrusted() {
    hidden = true;
  }

  /** Whether nobody is to see it before it is complete. */
  boolean hidden() {
    return hidden;
  }

  @Override
  public boolean complete(long size) throws IOException {
    fetch.arrives(this, 0, true);
    boolean matched = transfer.complete(size);
    synchronized (this) {
      ended = true;
    }
    if (matched) {
      fetch.matched();
    } else {
      fetch.mismatched();
    }
    return matched;
  }

  /** What readers are told where it ends without its content. */
  void endsWith(TransferFailure failure) {
    ending = failure;
  }

  @Override
  public void abandon() {
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
    }
    transfer.fail(ending);
  }

  @Override
  public void close() {
    abandon();
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    transfer.writerDone();
  }
}
