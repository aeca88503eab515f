package dev.tarn.core.transfer;

import dev.tarn.core.digest.Algorithm;
import dev.tarn.core.digest.Digest;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;

/**
 * The hash of content whose bytes arrive in any order: what comes in order is hashed as it passes,
 * what came early is read back. Not thread-safe.
 */
final class OrderedHash {
  private static final int READ_BACK_BYTES = 256 * 1024;

  private final Algorithm algorithm;
  private final MessageDigest hash;
  private long position;

  OrderedHash(Algorithm algorithm) {
    this.algorithm = algorithm;
    this.hash = algorithm.newHash();
  }

  /** The offset up to which everything is hashed. */
  long position() {
    return position;
  }

  /** Hashes {@code bytes}, without moving their position, if they are the next in order. */
  void offer(long offset, ByteBuffer bytes) {
    if (offset == position) {
      position += bytes.remaining();
      hash.update(bytes.duplicate());
    }
  }

  /** Hashes up to {@code end} from what the file holds. */
  void catchUp(FileChannel file, long end) throws IOException {
    if (position >= end) {
      return;
    }
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(READ_BACK_BYTES, end - position));
    while (position < end) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), end - position));
      int read = file.read(buffer, position);
      if (read < 0) {
        throw new EOFException("file ends at " + position + ", expected " + end);
      }
      hash.update(buffer.flip());
      position += read;
    }
  }

  /** The digest of everything hashed; nothing can be hashed after it. */
  Digest finish() {
    return Digest.of(algorithm, hash);
  }
}
