package dev.tarn.core.range;

/**
 * The one fixed grid that content of a known size is cut on: chunks of 4 MiB, the last one shorter.
 *
 * <p>The grid is part of what nodes say to each other and of what is on disk; it never changes.
 */
public record ChunkGrid(long size) {
  public static final int CHUNK_BYTES = 4 * 1024 * 1024;

  public ChunkGrid {
    if (size < 0) {
      throw new IllegalArgumentException("negative size " + size);
    }
  }

  /** The number of chunks; none where the content is empty. */
  public int count() {
    return Math.toIntExact((size + CHUNK_BYTES - 1) / CHUNK_BYTES);
  }

  /** The chunk that the byte at {@code offset} lies in. */
  public int chunkAt(long offset) {
    return Math.toIntExact(offset / CHUNK_BYTES);
  }

  public long start(int chunk) {
    return (long) chunk * CHUNK_BYTES;
  }

  public long end(int chunk) {
    return Math.min(size, start(chunk) + CHUNK_BYTES);
  }

  public int length(int chunk) {
    return Math.toIntExact(end(chunk) - start(chunk));
  }
}
