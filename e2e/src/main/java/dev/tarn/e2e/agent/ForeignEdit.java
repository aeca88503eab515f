package dev.tarn.e2e.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/** What somebody else does to a registry's directory while the entry stands. */
enum ForeignEdit {
  NOTHING,
  /** A comment at the end of the file. */
  APPENDS,
  /** A comment at its beginning, in the same file. */
  PREPENDS,
  /** A comment at the end, in a new file that takes the old one's place. */
  REPLACES,
  /** Other rights, if there was a file before. */
  CHANGES_MODE,
  /** Another file in the directory. */
  PUTS_BESIDE;

  private static final String LINE = "\n# added by somebody else\n";
  private static final int TURN = 9;

  /** Five of nine, in turns, so that each meets agents that are killed and agents that end. */
  static ForeignEdit ofCase(int number) {
    return switch (number % TURN) {
      case 0 -> PUTS_BESIDE;
      case 2 -> CHANGES_MODE;
      case 3 -> APPENDS;
      case 6 -> REPLACES;
      case 7 -> PREPENDS;
      default -> NOTHING;
    };
  }

  void make(Path file) throws IOException {
    Path directory = file.resolve("..").normalize();
    if (this == NOTHING || (this == CHANGES_MODE && Files.notExists(file))) {
      return;
    }
    Files.createDirectories(directory);
    switch (this) {
      case NOTHING -> {}
      case APPENDS ->
          Files.writeString(
              file,
              LINE,
              StandardCharsets.UTF_8,
              StandardOpenOption.CREATE,
              StandardOpenOption.APPEND);
      case PREPENDS -> Files.writeString(file, LINE + content(file));
      case REPLACES -> {
        Path draft = Files.writeString(directory.resolve("draft"), content(file) + LINE);
        Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rw----r--"));
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
      }
      case CHANGES_MODE ->
          Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw----r--"));
      case PUTS_BESIDE -> Files.writeString(directory.resolve("notes.txt"), LINE);
    }
  }

  private static String content(Path file) throws IOException {
    return Files.exists(file) ? Files.readString(file) : "";
  }
}
