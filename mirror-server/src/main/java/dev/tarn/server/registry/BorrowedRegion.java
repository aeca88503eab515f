package dev.tarn.server.registry;

import io.netty.channel.DefaultFileRegion;
import java.nio.channels.FileChannel;

/** A part of an open file, sent by sendfile(2); the file stays open and its owner's to close. */
final class BorrowedRegion extends DefaultFileRegion {
  /** What is sent at most before other connections get their turn. */
  static final long TURN_BYTES = 2L * 1024 * 1024;

  BorrowedRegion(FileChannel file, long start, long end) {
    super(file, start, end - start);
  }

  @Override
  protected void deallocate() {
    // Borrowed: not ours to close.
  }
}
