package dev.tarn.server.peer.runtime;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * A blob that is arriving: bytes at any position, in any order. Used on threads that may block, and
 * by event loops that read what was written. Ends with {@link #complete} or {@link #abandon}; the
 * channel stays open until {@link #close}.
 */
public interface BlobFile extends AutoCloseable {
  /** The file, borrowed: bytes written are readable from it at once. */
  FileChannel channel();

  /**
   * Writes all of {@code bytes}.
   *
   * @param vouched whether upstream gave them to this very node: clients may have them at once
   */
  void write(ByteBuffer bytes, long position, boolean vouched) throws IOException;

  /** These bytes are what their fetcher's hash says: clients may have them from now on. */
  void verified(long start, long end) throws IOException;

  /**
   * An earlier attempt's chunks all matched and the blob did not: clients get nothing of this one
   * until it is complete. Told before the first byte; quick.
   */
  void distrusted();

  /** All bytes are here: compares the blob's digest, and keeps the blob if it matched. */
  boolean complete(long size) throws IOException;

  /** It ends without its content; what was verified may be kept for another time. */
  void abandon();

  /** Nobody reads it any more. Idempotent. */
  @Override
  void close();
}
