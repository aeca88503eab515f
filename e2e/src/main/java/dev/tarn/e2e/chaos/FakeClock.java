package dev.tarn.e2e.chaos;

import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Tools;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The clock on the wall as one process sees it, by a library that it has preloaded; the machine's
 * own stays as it is, and so do the process's clocks for durations. Safe for use by several
 * threads.
 */
final class FakeClock {
  private static final Duration COMPILE_LIMIT = Duration.ofSeconds(60);

  private final Path library;
  private final Path offset;

  private FakeClock(Path library, Path offset) {
    this.library = library;
    this.offset = offset;
  }

  /** Builds the library in a directory. */
  static Path build(Path directory) {
    Path library = directory.resolve("clock.so");
    Path source = Tools.repository().resolve("e2e/src/main/c/clock.c");
    Child.run(
            "gcc-clock",
            directory,
            Map.of(),
            List.of("gcc", "-O2", "-shared", "-fPIC", "-o", library.toString(), source.toString()),
            COMPILE_LIMIT)
        .orFail();
    return library;
  }

  /** One that is right. */
  static FakeClock create(Path library, Path directory) throws IOException {
    FakeClock clock = new FakeClock(library, directory.resolve("clock"));
    clock.set(0);
    return clock;
  }

  /** What the process must have in its environment. */
  List<String> environment() {
    return List.of("LD_PRELOAD=" + library, "CLOCK_OFFSET_FILE=" + offset);
  }

  /** From now on it is wrong by that much. */
  void set(long seconds) throws IOException {
    // Little-endian, as the processors are that this runs on.
    ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    Files.write(
        offset,
        bytes.putLong(seconds).array(),
        StandardOpenOption.CREATE,
        StandardOpenOption.WRITE);
  }
}
