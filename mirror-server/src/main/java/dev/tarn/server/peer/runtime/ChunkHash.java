package dev.tarn.server.peer.runtime;

import dev.tarn.core.digest.Algorithm;
import dev.tarn.core.digest.Digest;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;

/** The hash by which nodes tell each other what a chunk is. Thread-safe. */
public final class ChunkHash {
  private static final int READ_BYTES = 256 * 1024;

  private ChunkHash() {}

  /** That of the bytes of {@code file} from {@code start} up to {@code end}; blocks. */
  public static Digest of(FileChannel file, long start, long end) throws IOException {
    MessageDigest hash = Algorithm.SHA256.newHash();
    ByteBuffer buffer = ByteBuffer.allocate(READ_BYTES);
    long at = start;
    while (at < end) {
      buffer.clear().limit((int) Math.min(READ_BYTES, end - at));
      int read = file.read(buffer, at);
      if (read < 0) {
        throw new EOFException("the file is shorter than its content");
      }
      at += read;
      hash.update(buffer.flip());
    }
    return Digest.of(Algorithm.SHA256, hash);
  }
}
