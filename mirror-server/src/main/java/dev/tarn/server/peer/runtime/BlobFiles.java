package dev.tarn.server.peer.runtime;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.BlobKey;
import dev.tarn.core.planner.Event;
import dev.tarn.core.planner.Question;
import dev.tarn.core.store.StoredBlob;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What this node stores, as far as its peers are concerned. Thread-safe. */
public interface BlobFiles {
  /**
   * The place for a blob that begins to arrive, or to arrive anew under another size; blocks.
   *
   * @param size the whole blob's size, or {@link Question#UNKNOWN_SIZE}
   */
  BlobFile create(BlobKey key, long size) throws IOException;

  /**
   * The size of a blob that is complete and verified, else {@link Question#UNKNOWN_SIZE}; quick.
   */
  long completeSize(BlobKey key);

  /** Opens a blob that is complete and verified, or answers null; quick. The caller closes it. */
  @Nullable StoredBlob open(BlobKey key);

  /** All that is complete and verified; blocks. */
  List<Event.Content> inventory();

  /** As what complete content may be shared with other nodes; blocks for a file or none. */
  List<BlobKey> keys(Digest digest);

  /** What this node knows of tags. */
  default TagDesk tags() {
    return TagDesk.NONE;
  }

  /** What is told of it beside its bytes. */
  default Vouchers vouchers() {
    return Vouchers.NONE;
  }
}
