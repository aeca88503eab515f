package dev.tarn.e2e.laptop;

import java.nio.file.Path;

/** A file system of a size of its own, in a file that takes what is written to it. */
public final class Disk {
  private final Path root;

  private Disk(Path root) {
    this.root = root;
  }

  /** Where it is mounted, as the harness sees it. */
  public Path root() {
    return root;
  }

  /** The bytes that it holds. */
  public long size() {
    throw new UnsupportedOperationException("soon");
  }

  /** The bytes that are free to anybody. */
  public long free() {
    throw new UnsupportedOperationException("soon");
  }
}
