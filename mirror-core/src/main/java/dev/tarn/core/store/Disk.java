package dev.tarn.core.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * The operations whose failure or order decides what a crash leaves behind; the store's edge to the
 * file system. Thread-safe; blocks.
 */
interface Disk {

  /** The file system itself. */
  Disk REAL =
      new Disk() {
        @Override
        public void write(FileChannel channel, ByteBuffer bytes, long offset) throws IOException {
          long at = offset;
          while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
          }
        }

        @Override
        public void force(FileChannel channel) throws IOException {
          channel.force(false);
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
          Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        }

        @Override
        public void forceDirectory(Path directory) throws IOException {
          try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
          }
        }
      };

  /** Writes all of {@code bytes}, which is borrowed and ends up without remaining bytes. */
  void write(FileChannel channel, ByteBuffer bytes, long offset) throws IOException;

  /** Waits until the file's bytes and length are on the device. */
  void force(FileChannel channel) throws IOException;

  /** Gives the file another name in one step, replacing what had it. */
  void rename(Path from, Path to) throws IOException;

  /** Waits until the directory's names are on the device. */
  void forceDirectory(Path directory) throws IOException;
}
