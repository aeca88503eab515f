package dev.tarn.core.containerd;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Tells which names of some directories changed. Used by one thread; only {@link #await} blocks.
 */
interface DirectoryWatch extends Closeable {
  /**
   * What changed since it was asked last.
   *
   * @param files names that appeared or vanished, in full
   * @param missed whether there was more than could be remembered, or a directory is gone
   */
  record Changes(List<Path> files, boolean missed) {}

  /** Begins to watch a directory, unless it is watched already. */
  void add(Path directory) throws IOException;

  Changes take();

  /** Waits until something changed, but not for longer than that. */
  void await(long nanos) throws InterruptedException;

  @Override
  void close();
}
