package dev.tarn.core.store;

import dev.tarn.core.digest.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.BitSet;

/**
 * Content that is arriving: a file, and a map of the chunks of it that are here.
 *
 * <p>Written by one transfer; several threads may write disjoint parts. Ends in exactly one of
 * {@link #publish}, {@link #keep} and {@link #discard}, after which only {@link #channel} stays
 * usable, until {@link #close}.
 */
public interface PartialBlob extends AutoCloseable {
  Digest digest();

  /** The whole content's size, or {@link BlobStore#UNKNOWN_SIZE}. */
  long size();

  /** The file, borrowed: bytes written are readable from it at once, also after publication. */
  FileChannel channel();

  /** A copy of the map of chunks that were here, checked, when this partial was admitted. */
  BitSet resumedChunks();

  /**
   * Writes all of {@code bytes} at {@code offset}.
   *
   * @throws NoRoomException where the file system or the store's limit has no room left
   */
  void write(ByteBuffer bytes, long offset) throws IOException;

  /** Notes that every byte of {@code chunk} was written, so that a restart can resume after it. */
  void chunkWritten(int chunk) throws IOException;

  /**
   * Makes the content complete, durably. The caller has hashed every byte and the digest matched.
   *
   * @param size the size, now that it is known for certain
   */
  void publish(long size) throws IOException;

  /** Keeps what came for a later transfer to resume, within the quota for partial content. */
  void keep();

  /** Deletes what came. */
  void discard();

  /** Closes the file; {@link #keep}s first where nothing was decided. Idempotent. */
  @Override
  void close();
}
