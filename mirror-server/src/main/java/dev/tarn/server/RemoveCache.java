package dev.tarn.server;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Deletes what a node keeps in its cache's directory, and the directory where nothing else is in
 * it; only where a store of Tarn's is there, and nobody uses it. Symbolic links are not followed.
 */
final class RemoveCache {
  private static final String LOCK = "lock";

  /** What a node makes there; a file is written beside, under its name with an ending. */
  private static final Set<String> OURS =
      Set.of(
          "blobs",
          "partial",
          "tmp",
          "catalog",
          "containerd-verified",
          "credential-key",
          "members.json",
          LOCK);

  private static final String ENDING = ".new";

  private static final Duration PAUSE = Duration.ofMillis(500);

  private final PrintStream out;
  private final PrintStream err;
  private final Duration patience;

  /**
   * Deletes nothing yet.
   *
   * @param patience for how long to wait for a node that still uses it
   */
  RemoveCache(PrintStream out, PrintStream err, Duration patience) {
    this.out = out;
    this.err = err;
    this.patience = patience;
  }

  /** Answers the exit status. */
  int run(Path directory) throws InterruptedException {
    try {
      if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
        out.println(directory + " is not there");
        return ExitStatus.OK;
      }
      if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
        err.println("tarn: " + directory + " is not a directory");
        return ExitStatus.FAILURE;
      }
      List<Path> entries = entries(directory);
      if (!entries.isEmpty() && !isStore(directory)) {
        err.println("tarn: " + directory + " is no cache of Tarn's: nothing was deleted");
        return ExitStatus.FAILURE;
      }
      return entries.isEmpty() ? removed(directory, entries) : removeUnused(directory);
    } catch (IOException e) {
      err.println("tarn: " + directory + " could not be deleted: " + e);
      return ExitStatus.FAILURE;
    }
  }

  private static boolean isStore(Path directory) {
    return Files.isRegularFile(directory.resolve(LOCK), LinkOption.NOFOLLOW_LINKS)
        && Files.isDirectory(directory.resolve("blobs"), LinkOption.NOFOLLOW_LINKS);
  }

  /** Holds the lock that a node holds, while it deletes. */
  private int removeUnused(Path directory) throws IOException, InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    try (FileChannel channel =
        FileChannel.open(
            directory.resolve(LOCK), StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      @Nullable FileLock lock = channel.tryLock();
      while (lock == null && end - System.nanoTime() > 0) {
        Thread.sleep(PAUSE);
        lock = channel.tryLock();
      }
      if (lock == null) {
        err.println("tarn: " + directory + " is still used by a node");
        return ExitStatus.FAILURE;
      }
      return removed(directory, entries(directory));
    }
  }

  private int removed(Path directory, List<Path> entries) throws IOException {
    List<String> others = new ArrayList<>();
    for (Path entry : entries) {
      if (isOurs(entry)) {
        delete(entry);
      } else {
        others.add(String.valueOf(entry.getFileName()));
      }
    }
    if (others.isEmpty()) {
      Files.delete(directory);
      out.println(directory + " is gone");
    } else {
      out.println(
          "Tarn's own is gone from " + directory + "; it stays for " + String.join(", ", others));
    }
    return ExitStatus.OK;
  }

  private static boolean isOurs(Path entry) {
    String name = String.valueOf(entry.getFileName());
    String plain =
        name.endsWith(ENDING) ? name.substring(0, name.length() - ENDING.length()) : name;
    return OURS.contains(plain) && !Files.isSymbolicLink(entry);
  }

  private static List<Path> entries(Path directory) throws IOException {
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      stream.forEach(entries::add);
    }
    return entries;
  }

  private static void delete(Path tree) throws IOException {
    Files.walkFileTree(
        tree,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failed)
              throws IOException {
            if (failed != null) {
              throw failed;
            }
            Files.delete(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
