package dev.tarn.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Operations on whole directories. */
final class Tree {
  /** What Jib gives each file in an image. */
  private static final FileTime TIME = FileTime.from(Instant.ofEpochSecond(1));

  private Tree() {}

  static void delete(Path root) throws IOException {
    if (Files.exists(root)) {
      for (Path path : below(root).reversed()) {
        Files.delete(path);
      }
    }
  }

  /**
   * Gives every file the time that it will have in the image, and makes files of symbolic links,
   * which Jib does not know.
   */
  static void settle(Path root) throws IOException {
    for (Path path : below(root)) {
      if (Files.isSymbolicLink(path)) {
        Path target = path.toRealPath();
        Files.delete(path);
        Files.copy(target, path);
      }
      if (Files.isRegularFile(path)) {
        Files.setLastModifiedTime(path, TIME);
      }
    }
  }

  /** Copies a file, whatever link leads to it, and makes the directories that it needs. */
  static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    Files.copy(from.toRealPath(), to);
  }

  static void write(Path file, String content) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  /** The files of a directory whose names end so, in the order of their names. */
  static List<Path> files(Path directory, String end) throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new IOException(directory + " is not there: build from the top of the repository");
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.getFileName().toString().endsWith(end))
          .sorted(Comparator.comparing(file -> file.getFileName().toString()))
          .toList();
    }
  }

  /** All files in a directory and in those below, but no links. */
  static List<Path> regularFiles(Path root) throws IOException {
    return below(root).stream()
        .filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
        .sorted()
        .toList();
  }

  private static List<Path> below(Path root) throws IOException {
    try (Stream<Path> paths = Files.walk(root)) {
      return paths.toList();
    }
  }
}
