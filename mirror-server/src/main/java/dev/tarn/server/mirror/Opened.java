package dev.tarn.server.mirror;

import dev.tarn.core.transfer.Transfer;
import dev.tarn.server.upstream.UpstreamAnswer;
import dev.tarn.server.upstream.UpstreamContent;
import org.jspecify.annotations.Nullable;

/** What became of the attempt to fetch a blob. */
sealed interface Opened {
  /**
   * It is arriving; anybody with the right may join.
   *
   * @param source where its first bytes came from
   */
  record Running(Transfer transfer, Hurry hurry, Source source) implements Opened {}

  /**
   * It is complete already.
   *
   * @param from where this transfer had it from; null where another one completed it before
   */
  record Stored(@Nullable Source from) implements Opened {}

  /**
   * There is no room for it on disk: each reader streams for itself. The content is the first
   * asker's, from its start; null where it has to ask for it.
   */
  record NoRoom(@Nullable UpstreamContent content) implements Opened {}

  /** Upstream has an answer of its own, or none; never a {@link UpstreamAnswer.Found}. */
  record Otherwise(UpstreamAnswer answer) implements Opened {}
}
