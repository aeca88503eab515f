package dev.tarn.agent.follow;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Waits until something changes in a few directories, some time has passed, or somebody wakes it.
 * Where the kernel tells of changes (inotify) one waits for that; where it cannot, for the time.
 */
final class Changes implements AutoCloseable {
  private static final int MAX_DIRECTORIES = 512;
  private static final WatchEvent.Kind<?>[] KINDS = {
    StandardWatchEventKinds.ENTRY_CREATE,
    StandardWatchEventKinds.ENTRY_DELETE,
    StandardWatchEventKinds.ENTRY_MODIFY
  };

  private final @Nullable WatchService watch;
  private final Map<Path, WatchKey> watched = new HashMap<>();
  private final Object lock = new Object();
  private boolean woken;
  private boolean complete;

  private Changes(@Nullable WatchService watch) {
    this.watch = watch;
  }

  static Changes watching() {
    try {
      return new Changes(FileSystems.getDefault().newWatchService());
    } catch (IOException | UnsupportedOperationException _) {
      return polling(); // No inotify instance is left, for one.
    }
  }

  static Changes polling() {
    return new Changes(null);
  }

  /** Whether every change is told. */
  boolean isComplete() {
    return complete;
  }

  /** Watches {@code roots} and the directories in them, as far as they exist, and nothing else. */
  void follow(List<Path> roots) {
    if (watch == null) {
      return;
    }
    complete = true;
    List<Path> wanted = new ArrayList<>();
    for (Path root : roots) {
      directories(root, wanted);
    }
    watched.entrySet().removeIf(entry -> gone(entry, wanted));
    for (Path directory : wanted) {
      if (watched.size() >= MAX_DIRECTORIES) {
        complete = false;
        return;
      }
      if (!watched.containsKey(directory)) {
        try {
          watched.put(directory, directory.register(watch, KINDS));
        } catch (IOException | ClosedWatchServiceException _) {
          complete = false; // It went away, or no watch is left.
        }
      }
    }
  }

  /**
   * Waits. Answers whether something changed.
   *
   * @param heed whether a change ends the wait
   */
  boolean await(long millis, boolean heed) throws InterruptedException {
    if (watch != null && heed) {
      try {
        WatchKey key = watch.poll(millis, TimeUnit.MILLISECONDS);
        if (key == null) {
          return false;
        }
        while (key != null) {
          taken(key);
          key = watch.poll();
        }
        return true;
      } catch (ClosedWatchServiceException _) {
        // Woken; from now on one waits for the time.
      }
    }
    synchronized (lock) {
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
      long left = millis;
      while (!woken && left > 0) {
        lock.wait(left);
        left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      }
      woken = false;
    }
    return false;
  }

  /** Has whoever waits go on, and whoever waits next. Changes are not told any more. */
  void wake() {
    synchronized (lock) {
      woken = true;
      lock.notifyAll();
    }
    close();
  }

  @Override
  public void close() {
    if (watch != null) {
      try {
        watch.close();
      } catch (IOException _) {
        // It is of no use any more in any case.
      }
    }
  }

  private void directories(Path root, List<Path> into) {
    if (!Files.isDirectory(root)) {
      complete = false; // Nobody would tell that it was made.
      return;
    }
    into.add(root);
    try (DirectoryStream<Path> children = Files.newDirectoryStream(root)) {
      for (Path child : children) {
        if (into.size() < MAX_DIRECTORIES && Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
          into.add(child);
        }
      }
    } catch (IOException | DirectoryIteratorException _) {
      complete = false;
    }
  }

  private static boolean gone(Map.Entry<Path, WatchKey> entry, List<Path> wanted) {
    if (wanted.contains(entry.getKey()) && entry.getValue().isValid()) {
      return false;
    }
    entry.getValue().cancel();
    return true;
  }

  private void taken(WatchKey key) {
    key.pollEvents();
    if (!key.reset()) {
      watched.values().remove(key);
    }
  }
}
