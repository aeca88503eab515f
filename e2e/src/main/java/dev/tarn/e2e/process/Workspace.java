package dev.tarn.e2e.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A directory for a suite or a case, and the list of what must be closed when it is over. Safe for
 * use by several threads; what is still open when the process is told to stop is closed then.
 */
public final class Workspace {
  private final Path directory;
  private final Deque<AutoCloseable> resources = new ArrayDeque<>();
  private boolean over;

  private Workspace(Path directory) {
    this.directory = directory;
  }

  /** A new directory below another. */
  public static Workspace create(Path parent, String name) {
    try {
      Files.createDirectories(parent);
      // Short, because sockets below it may have no path longer than 107 bytes.
      Workspace workspace = new Workspace(Files.createTempDirectory(parent, "tarn-" + name + "-"));
      Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(workspace::closeQuietly));
      return workspace;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A directory inside; what it holds open is closed with its parent at the latest. */
  public Workspace child(String name) {
    Workspace child = new Workspace(makeDirectory(name));
    own(child::closeResources);
    return child;
  }

  public Path directory() {
    return directory;
  }

  public Path makeDirectory(String name) {
    try {
      return Files.createDirectories(directory.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Closes this when the workspace is over, before what was given earlier.
   *
   * @throws IllegalStateException where it is over already; then this is closed now
   */
  public <T extends AutoCloseable> T own(T resource) {
    synchronized (resources) {
      if (!over) {
        resources.push(resource);
        return resource;
      }
    }
    IllegalStateException late = new IllegalStateException(directory + " is given up");
    try {
      resource.close();
    } catch (Exception failed) {
      late.addSuppressed(failed);
    }
    throw late;
  }

  /** Closes everything, the newest first, and then throws what the first that failed threw. */
  public void closeResources() throws Exception {
    @Nullable Exception first = null;
    while (true) {
      AutoCloseable resource;
      synchronized (resources) {
        over = true;
        resource = resources.poll();
      }
      if (resource == null) {
        break;
      }
      try {
        resource.close();
      } catch (Exception failed) {
        if (first == null) {
          first = failed;
        } else {
          first.addSuppressed(failed);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }

  private void closeQuietly() {
    try {
      closeResources();
    } catch (Exception ignored) {
      // The process is ending: there is nobody left to tell.
      System.err.println("clearing up: " + ignored);
    }
  }

  /** Removes the directory and everything in it. */
  public void delete() {
    try {
      Files.walkFileTree(
          directory,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException failed)
                throws IOException {
              Files.delete(dir);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
