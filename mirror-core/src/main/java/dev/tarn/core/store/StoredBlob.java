package dev.tarn.core.store;

import dev.tarn.core.digest.Digest;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;

/**
 * Complete content, open for reading. It stays readable until closed, whatever becomes of its name;
 * while it is open it is not evicted.
 */
public interface StoredBlob extends Closeable {
  /** How much is read at once to be hashed. */
  int PIECE_BYTES = 256 * 1024;

  Digest digest();

  long size();

  /** The open file, borrowed: read by absolute position only, never closed by the borrower. */
  FileChannel channel();

  /** Reads all of it and says whether it still is what its digest says. Blocks. */
  default boolean matches() throws IOException {
    MessageDigest hash = digest().algorithm().newHash();
    ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
    long position = 0;
    while (channel().read(piece, position) >= 0) {
      position += piece.position();
      hash.update(piece.flip());
      piece.clear();
    }
    return Digest.of(digest().algorithm(), hash).equals(digest());
  }

  /** Gives the file back. Idempotent; never throws. */
  @Override
  void close();
}
