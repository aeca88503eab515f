package dev.tarn.core.store;

import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * Where a {@link DiskBlobStore} lives, and how much room it may take.
 *
 * @param path the directory that is the store's alone
 * @param maxBytes what complete and partial content may take together; empty where only the file
 *     system's free space decides
 * @param minFree the share of the file system, 0 to 1, below which the cache shrinks
 * @param reserveFree the share, at most {@code minFree}, down to which transfers in flight may use
 *     the reserve
 * @param partialMaxBytes what partial content may take that no transfer is writing to
 * @param partialTtl how long such partial content is kept
 */
public record StoreOptions(
    Path path,
    OptionalLong maxBytes,
    double minFree,
    double reserveFree,
    long partialMaxBytes,
    Duration partialTtl) {

  public StoreOptions {
    if (maxBytes.isPresent() && maxBytes.getAsLong() < 0) {
      throw new IllegalArgumentException("maxBytes is negative");
    }
    if (!(minFree >= 0 && minFree < 1)) {
      throw new IllegalArgumentException("minFree is no share from 0 to below 1: " + minFree);
    }
    if (!(reserveFree >= 0 && reserveFree <= minFree)) {
      throw new IllegalArgumentException(
          "reserveFree is no share from 0 to minFree: " + reserveFree);
    }
    if (partialMaxBytes < 0 || partialTtl.isNegative()) {
      throw new IllegalArgumentException("the bounds of partial content are negative");
    }
  }

  /** Defaults that are safe on an ordinary node. */
  public static StoreOptions defaults(Path path) {
    return new StoreOptions(
        path, OptionalLong.empty(), 0.20, 0.16, 20L << 30, Duration.ofHours(24));
  }

  /** The same, with a limit of {@code bytes}. */
  public StoreOptions withMaxBytes(long bytes) {
    return new StoreOptions(
        path, OptionalLong.of(bytes), minFree, reserveFree, partialMaxBytes, partialTtl);
  }
}
