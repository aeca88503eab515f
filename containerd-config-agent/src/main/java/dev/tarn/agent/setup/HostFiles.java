package dev.tarn.agent.setup;

import dev.tarn.agent.files.HostRoot;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The host's files, by the names that they have there. What is replaced is so atomically. */
class HostFiles {
  private static final long MAX_FILE_BYTES = 4L << 20;
  private static final String TEMPORARY = ".tarn-new";

  private final HostRoot root;

  HostFiles(HostRoot root) {
    this.root = root;
  }

  /** Where that is here. */
  Path here(String path) throws IOException {
    return root.resolve(path);
  }

  /** Its text; empty where it is not there. */
  Optional<String> read(String path) throws IOException {
    Path file = root.resolve(path);
    try {
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw new IOException(path + " is larger than " + MAX_FILE_BYTES + " bytes");
      }
      return Optional.of(Files.readString(file, StandardCharsets.UTF_8));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** The names in a directory, in the order of their bytes; none where it is not there. */
  List<String> list(String directory) throws IOException {
    try (Stream<Path> files = Files.list(root.resolve(directory))) {
      List<String> names = new ArrayList<>();
      files.forEach(each -> names.add(String.valueOf(each.getFileName())));
      names.sort(null);
      return List.copyOf(names);
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  boolean isDirectory(String path) throws IOException {
    return Files.isDirectory(root.resolve(path));
  }

  void createDirectories(String path) throws IOException {
    Files.createDirectories(root.resolve(path));
  }

  /**
   * Puts a text in the place of a file, or makes the file. Owner, mode, and extended attributes
   * such as the SELinux label are the ones of what stood there. On disk when this returns.
   */
  void replace(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Path temporary = file.resolveSibling(file.getFileName() + TEMPORARY);
    Files.deleteIfExists(temporary);
    try {
      if (Files.exists(file)) {
        Files.copy(file, temporary, StandardCopyOption.COPY_ATTRIBUTES);
      } else {
        Files.createFile(temporary);
      }
      try (FileChannel channel =
          FileChannel.open(
              temporary, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        force(channel);
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
    sync(file);
  }

  void delete(String path) throws IOException {
    Path file = root.resolve(path);
    Files.deleteIfExists(file);
    sync(file);
  }

  private void sync(Path file) throws IOException {
    Path directory = file.getParent();
    if (directory == null) {
      return;
    }
    try (FileChannel channel = FileChannel.open(directory)) {
      force(channel);
    }
  }

  /** Returns when it is on disk. */
  void force(FileChannel channel) throws IOException {
    channel.force(true);
  }
}
