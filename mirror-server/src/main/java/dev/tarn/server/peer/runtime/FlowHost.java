package dev.tarn.server.peer.runtime;

import dev.tarn.core.name.BlobKey;
import dev.tarn.core.placement.Member;
import dev.tarn.core.planner.Event;
import java.io.IOException;

/** What flows tell. Any thread; nothing of it blocks. */
interface FlowHost {
  /** This node's name. */
  String self();

  void tell(Event event);

  /** What is told of blobs beside their bytes. */
  Vouchers vouchers();

  /** The flow is over: nobody will cancel it any more. */
  void over(long id);

  void chunkMismatch(Member from, BlobKey key, int chunk);

  /** A peer sent a chunk of another length than it has by what is known of the blob's size. */
  void chunkLength(Member from, BlobKey key, int chunk);

  /** This node cannot store the blob that arrives there. */
  void storageFailed(Arrival arrival, IOException cause);

  long nanos();
}
