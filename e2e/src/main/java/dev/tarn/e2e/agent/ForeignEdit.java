package dev.tarn.e2e.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What somebody else does to a registry's directory while the entry stands. */
enum ForeignEdit {
  NOTHING,
  /** A comment at the end of the file. */
  APPENDS,
  /** Another file in the directory. */
  PUTS_BESIDE;

  private static final String LINE = "\n# added by somebody else\n";

  /** One in every third case, in turns. */
  static ForeignEdit ofCase(int number) {
    return switch (number % 6) {
      case 0 -> PUTS_BESIDE;
      case 3 -> APPENDS;
      default -> NOTHING;
    };
  }

  void make(Path file) throws IOException {
    switch (this) {
      case NOTHING -> {}
      case APPENDS -> {
        Files.createDirectories(directory(file));
        Files.writeString(
            file,
            LINE,
            StandardCharsets.UTF_8,
            StandardOpenOption.CREATE,
            StandardOpenOption.APPEND);
      }
      case PUTS_BESIDE -> {
        Files.createDirectories(directory(file));
        Files.writeString(file.resolveSibling("notes.txt"), LINE);
      }
    }
  }

  private static Path directory(Path file) {
    return file.resolve("..").normalize();
  }
}
