package dev.tarn.server.peer.wire;

import dev.tarn.core.digest.Digest;
import java.util.Optional;

/**
 * What is known of a chunk once all of it is there.
 *
 * @param hash the SHA-256 of the chunk; of a blob that can't be cut, its own digest, which says
 *     only that all of it came
 * @param fetchedBy the node that fetched it upstream and first said so
 */
public record ChunkTail(Digest hash, String fetchedBy) {

  /** The tail that two trailers spell, or empty where they spell none. */
  public static Optional<ChunkTail> parse(String digest, String fetchedBy) {
    return PeerProtocol.isNodeName(fetchedBy)
        ? Digest.parse(digest).map(hash -> new ChunkTail(hash, fetchedBy))
        : Optional.empty();
  }
}
