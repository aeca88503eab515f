package dev.tarn.server.peer.runtime;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tarn.core.digest.Digest;
import dev.tarn.core.planner.Question;
import dev.tarn.core.range.ChunkGrid;
import dev.tarn.core.store.StoredBlob;
import dev.tarn.server.peer.wire.ChunkTail;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the chunks of complete blobs: remembered from when they came, or computed once
 * somebody wants it. Thread-safe.
 */
final class Tails {
  private static final int REMEMBERED = 100_000;

  private record Key(Digest digest, int chunk) {}

  private final Cache<Key, ChunkTail> known = Caffeine.newBuilder().maximumSize(REMEMBERED).build();
  private final String self;

  Tails(String self) {
    this.self = self;
  }

  void remember(Digest digest, Map<Integer, ChunkTail> tails) {
    tails.forEach((chunk, tail) -> known.put(new Key(digest, chunk), tail));
  }

  @Nullable ChunkTail find(Digest digest, int chunk) {
    return chunk == Question.WHOLE
        ? new ChunkTail(digest, self)
        : known.getIfPresent(new Key(digest, chunk));
  }

  /**
   * Reads the chunk and hashes it; blocks. Who fetched it is not known any more: this node stands
   * in for it, as it compared the whole blob.
   */
  ChunkTail compute(StoredBlob blob, int chunk) throws IOException {
    ChunkGrid grid = new ChunkGrid(blob.size());
    Digest hash = ChunkHash.of(blob.channel(), grid.start(chunk), grid.end(chunk));
    ChunkTail tail = new ChunkTail(hash, self);
    known.put(new Key(blob.digest(), chunk), tail);
    return tail;
  }
}
