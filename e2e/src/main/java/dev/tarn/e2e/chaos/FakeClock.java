package dev.tarn.e2e.chaos;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/**
 * The clock on the wall as one process sees it, by way of libfaketime; the machine's own stays as
 * it is, and so does the process's clock for durations. Safe for use by several threads.
 */
final class FakeClock {
  private final Path library;
  private final Path offset;

  private FakeClock(Path library, Path offset) {
    this.library = library;
    this.offset = offset;
  }

  /** One that is right, or none where the library is not installed. */
  static Optional<FakeClock> create(Path directory) throws IOException {
    for (Path parent : List.of(Path.of("/usr/lib"), Path.of("/usr/lib64"))) {
      if (!Files.isDirectory(parent)) {
        continue;
      }
      try (DirectoryStream<Path> below = Files.newDirectoryStream(parent)) {
        for (Path each : below) {
          Path library = each.resolve("faketime/libfaketimeMT.so.1");
          if (Files.exists(library)) {
            FakeClock clock = new FakeClock(library, directory.resolve("clock"));
            clock.set(0);
            return Optional.of(clock);
          }
        }
      }
    }
    return Optional.empty();
  }

  /** What the process must have in its environment. */
  List<String> environment() {
    return List.of(
        "LD_PRELOAD=" + library,
        "FAKETIME_TIMESTAMP_FILE=" + offset,
        "FAKETIME_CACHE_DURATION=1",
        "FAKETIME_DONT_FAKE_MONOTONIC=1",
        "DONT_FAKE_MONOTONIC=1");
  }

  /** From within a second on it is wrong by that much. */
  void set(int seconds) throws IOException {
    Path next = offset.resolveSibling("clock.new");
    Files.writeString(next, (seconds < 0 ? "" : "+") + seconds + "\n");
    Files.move(next, offset, StandardCopyOption.ATOMIC_MOVE);
  }
}
