package dev.tarn.server.peer.wire;

import dev.tarn.core.digest.Digest;
import java.util.Optional;

/**
 * What is known of a chunk once all of it is there.
 *
 * @param hash the SHA-256 of the chunk
 * @param fetchedBy the node that fetched it upstream and first said so
 */
public record ChunkTail(Digest hash, String fetchedBy) {

  /** The tail that two trailers spell, or empty where they spell none. */
  public static Optional<ChunkTail> parse(String hex, String fetchedBy) {
    return PeerProtocol.isNodeName(fetchedBy)
        ? Digest.parse("sha256:" + hex).map(hash -> new ChunkTail(hash, fetchedBy))
        : Optional.empty();
  }
}
