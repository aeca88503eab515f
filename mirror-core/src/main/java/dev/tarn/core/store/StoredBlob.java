package dev.tarn.core.store;

import dev.tarn.core.digest.Digest;
import java.io.Closeable;
import java.nio.channels.FileChannel;

/**
 * Complete content, open for reading. It stays readable until closed, whatever becomes of its name;
 * while it is open it is not evicted.
 */
public interface StoredBlob extends Closeable {
  Digest digest();

  long size();

  /** The open file, borrowed: read by absolute position only, never closed by the borrower. */
  FileChannel channel();

  /** Gives the file back. Idempotent; never throws. */
  @Override
  void close();
}
