package dev.tarn.e2e.simulate;

import dev.tarn.core.name.BlobKey;
import dev.tarn.core.range.ChunkGrid;

/** A blob that upstream has; {@code number} is its place in every node's stock. Immutable. */
record Content(int number, BlobKey key, long size) {
  int chunks() {
    return new ChunkGrid(size).count();
  }

  long start(int chunk) {
    return (long) chunk * ChunkGrid.CHUNK_BYTES;
  }

  long end(int chunk) {
    return Math.min(size, start(chunk) + ChunkGrid.CHUNK_BYTES);
  }
}
