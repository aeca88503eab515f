package dev.tarn.core.containerd;

import dev.tarn.core.digest.Digest;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;

/** The hash of one of containerd's files, computed piece by piece on one thread that may block. */
final class BlobHash implements Closeable {
  /** How much is read and hashed at once: some 0.2 ms where the processor has SHA. */
  static final int PIECE_BYTES = 256 << 10;

  private final ContentDirectory directory;
  private final KnownBlob blob;
  private final FileChannel channel;
  private final MessageDigest hash;
  private final ByteBuffer buffer;
  private long done;

  /** What came of it so far. */
  sealed interface Progress {
    record More() implements Progress {}

    record Matches() implements Progress {}

    record Differs() implements Progress {}

    /** The file is not any more what it was at the beginning. */
    record Changed() implements Progress {}
  }

  private BlobHash(ContentDirectory directory, KnownBlob blob, FileChannel channel) {
    this.directory = directory;
    this.blob = blob;
    this.channel = channel;
    this.buffer =
        ByteBuffer.allocate((int) Math.clamp(blob.identity().size(), 1L, (long) PIECE_BYTES));
    this.hash = blob.digest().algorithm().newHash();
  }

  static BlobHash open(ContentDirectory directory, KnownBlob blob) throws IOException {
    return new BlobHash(directory, blob, directory.open(blob.digest()));
  }

  KnownBlob blob() {
    return blob;
  }

  /** The bytes hashed so far. */
  long done() {
    return done;
  }

  /** Hashes the next piece. */
  Progress next() throws IOException {
    long size = blob.identity().size();
    long end = Math.min(size, done + PIECE_BYTES);
    while (done < end) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), end - done));
      int read = channel.read(buffer, done);
      if (read < 0) {
        return new Progress.Changed();
      }
      done += read;
      hash.update(buffer.flip());
    }
    return done < size ? new Progress.More() : compare();
  }

  private Progress compare() throws IOException {
    // What was opened is what the name stood for before and after.
    if (!blob.identity().equals(directory.identity(blob.digest()))) {
      return new Progress.Changed();
    }
    return Digest.of(blob.digest().algorithm(), hash).equals(blob.digest())
        ? new Progress.Matches()
        : new Progress.Differs();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
