package dev.tarn.server.mirror;

import dev.tarn.core.transfer.Transfer;
import dev.tarn.server.upstream.UpstreamAnswer;
import dev.tarn.server.upstream.UpstreamContent;

/** What became of the attempt to fetch a blob from upstream. */
sealed interface Opened {
  /** It is arriving; anybody with the right may join. */
  record Running(Transfer transfer, BlobCarrier carrier) implements Opened {}

  /** It was completed by another transfer before this one began. */
  record Stored() implements Opened {}

  /**
   * There is no room for it on disk: each reader streams for itself. The content is the first
   * asker's, from its start.
   */
  record NoRoom(UpstreamContent content) implements Opened {}

  /** Upstream has an answer of its own, or none; never a {@link UpstreamAnswer.Found}. */
  record Otherwise(UpstreamAnswer answer) implements Opened {}
}
