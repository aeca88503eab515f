package dev.tarn.server.peer.runtime;

import dev.tarn.core.name.BlobKey;
import dev.tarn.core.placement.Member;

/** Told what a node makes of its peers, for metrics and logs. Any thread; must not block. */
public interface RuntimeListener {
  /** A peer sent a chunk that is not what its hash says; it was dropped. */
  void chunkMismatch(Member from, BlobKey key, int chunk);

  /**
   * A peer sent a chunk of another length than it has by what is known of the blob's size: it, or
   * whoever said the size.
   */
  void chunkLength(Member from, BlobKey key, int chunk);

  /** All chunks of a blob matched and the blob did not. */
  void blobMismatch(BlobKey key);

  /** A member fetched, as it said, a chunk that upstream never sent; it is shunned from now on. */
  void blamed(String member, BlobKey key, int chunk);

  /** From now on a member is left alone, until then by the node's monotonic clock. */
  void avoided(String member, long untilNanos);

  /** This node's disk failed: the blob has to come some other way. */
  void storageFailed(BlobKey key, Exception cause);

  /** Something that should not be: a bug. */
  void failed(RuntimeException cause);
}
