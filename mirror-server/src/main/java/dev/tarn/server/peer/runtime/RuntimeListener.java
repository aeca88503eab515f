package dev.tarn.server.peer.runtime;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.placement.Member;

/** Told what a node makes of its peers, for metrics and logs. Any thread; must not block. */
public interface RuntimeListener {
  /** A peer sent a chunk that is not what its hash says; it was dropped. */
  void chunkMismatch(Member from, Digest digest, int chunk);

  /** All chunks of a blob matched and the blob did not. */
  void blobMismatch(Digest digest);

  /** A member fetched, as it said, a chunk that upstream never sent; it is shunned from now on. */
  void blamed(String member, Digest digest, int chunk);

  /** From now on a member is left alone, until then by the node's monotonic clock. */
  void avoided(String member, long untilNanos);

  /** This node's disk failed: the blob has to come some other way. */
  void storageFailed(Digest digest, Exception cause);

  /** Something that should not be: a bug. */
  void failed(RuntimeException cause);
}
