package dev.tarn.e2e.laptop;

import dev.tarn.e2e.cluster.Shell;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A node's file system of a size of its own, in a file that takes what is written to it, at {@code
 * /var/lib} of the node: containerd's store, the kubelet's directory and Tarn's cache are on it.
 */
public final class Disk {
  private final Path root;

  Disk(Path root) {
    this.root = root;
  }

  /** Makes an empty one. */
  static void make(Path file, long bytes) throws IOException {
    try (RandomAccessFile image = new RandomAccessFile(file.toFile(), "rw")) {
      image.setLength(bytes);
    }
    Shell.run("mkfs.ext4", "-q", "-F", "-m", "0", file.toString());
  }

  /** Its root, as the harness sees it. */
  public Path root() {
    return root;
  }

  /** The bytes that it holds. */
  public long size() {
    try {
      return Files.getFileStore(root).getTotalSpace();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The bytes that are free to anybody. */
  public long free() {
    try {
      return Files.getFileStore(root).getUsableSpace();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
