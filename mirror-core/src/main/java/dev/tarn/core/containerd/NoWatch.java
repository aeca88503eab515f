package dev.tarn.core.containerd;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Stands in where the system has no watch to give: nothing is told, changes are found by listing.
 */
final class NoWatch implements DirectoryWatch {
  @Override
  public void add(Path directory) throws IOException {
    throw new IOException("the system gave no watch");
  }

  @Override
  public Changes take() {
    return new Changes(List.of(), false);
  }

  @Override
  public void await(long nanos) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(nanos);
  }

  @Override
  public void close() {}
}
