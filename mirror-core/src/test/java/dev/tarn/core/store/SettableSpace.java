package dev.tarn.core.store;

/** A file system whose figures are set; plenty of room, if they are not. */
public final class SettableSpace implements FileSystemSpace {
  volatile long total = 1000L << 30;
  volatile long usable = 900L << 30;
  volatile int readings;

  @Override
  public long totalBytes() {
    return total;
  }

  @Override
  public synchronized long usableBytes() {
    readings++;
    return usable;
  }
}
