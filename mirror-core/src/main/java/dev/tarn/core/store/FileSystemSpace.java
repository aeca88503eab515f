package dev.tarn.core.store;

import java.io.File;
import java.nio.file.Path;

/** How large the store's file system is, and how much of it is free. Thread-safe. */
public interface FileSystemSpace {

  /**
   * The size of the file system in bytes; 0 where it cannot be told, and then nothing is stored.
   */
  long totalBytes();

  /** The bytes that this process may still write. */
  long usableBytes();

  /** The file system that {@code path} is on. */
  static FileSystemSpace of(Path path) {
    File file = path.toFile();
    return new FileSystemSpace() {
      @Override
      public long totalBytes() {
        return file.getTotalSpace();
      }

      @Override
      public long usableBytes() {
        return file.getUsableSpace();
      }
    };
  }
}
