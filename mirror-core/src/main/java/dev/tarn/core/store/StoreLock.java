package dev.tarn.core.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The lock that keeps two processes from using one store; the kernel frees it with the process.
 *
 * <p>Closing any channel of a file frees all locks that the process has on it, so a second attempt
 * within the process is refused before it opens one.
 */
final class StoreLock implements Closeable {
  private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final FileChannel channel;

  private StoreLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Takes the lock.
   *
   * @throws StoreInUseException where another process, or another store of this one, has it
   */
  static StoreLock acquire(Path root) throws IOException {
    Files.createDirectories(root, StoreLayout.DIRECTORY_MODE);
    Path file = StoreLayout.lock(root.toRealPath());
    if (!HELD_HERE.add(file)) {
      throw new StoreInUseException(root);
    }
    FileChannel channel = null;
    try {
      channel =
          FileChannel.open(
              file,
              Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
              StoreLayout.FILE_MODE);
      if (channel.tryLock() == null) {
        throw new StoreInUseException(root);
      }
      return new StoreLock(file, channel);
    } catch (IOException e) {
      if (channel != null) {
        channel.close();
      }
      HELD_HERE.remove(file);
      throw e;
    }
  }

  /** Frees the lock. Idempotent. */
  @Override
  public void close() throws IOException {
    if (channel.isOpen()) {
      channel.close();
      HELD_HERE.remove(file);
    }
  }
}
