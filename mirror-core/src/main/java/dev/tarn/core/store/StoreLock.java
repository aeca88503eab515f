package dev.tarn.core.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/** The lock that keeps two processes from using one store; the kernel frees it with the process. */
final class StoreLock implements Closeable {
  private final FileChannel channel;

  private StoreLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the lock.
   *
   * @throws StoreInUseException where another process, or another store of this one, has it
   */
  static StoreLock acquire(Path root) throws IOException {
    Files.createDirectories(root, StoreLayout.DIRECTORY_MODE);
    FileChannel channel =
        FileChannel.open(
            StoreLayout.lock(root),
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
            StoreLayout.FILE_MODE);
    if (!lock(channel)) {
      channel.close();
      throw new StoreInUseException(root);
    }
    return new StoreLock(channel);
  }

  private static boolean lock(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException _) {
      return false;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
