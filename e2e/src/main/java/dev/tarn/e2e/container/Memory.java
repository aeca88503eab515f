package dev.tarn.e2e.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The memory of a control group, by version 1 or 2 of control groups.
 *
 * @param limitBytes what it may have
 * @param processBytes what its processes have; files that the kernel keeps for them do not count
 * @param kills how often a process of it was killed for it
 */
record Memory(long limitBytes, long processBytes, long kills) {
  private static final Path GROUPS = Path.of("/sys/fs/cgroup");

  /**
   * That of a process's group.
   *
   * @param process its directory in /proc
   */
  static Memory of(Path process) throws IOException {
    try (Stream<String> lines = Files.lines(process.resolve("cgroup"))) {
      for (String line : lines.toList()) {
        String[] parts = line.split(":", 3);
        if (parts[1].equals("memory")) {
          Path group = GROUPS.resolve("memory" + parts[2]);
          return new Memory(
              number(group, "memory.limit_in_bytes"),
              field(group, "memory.stat", "rss"),
              field(group, "memory.oom_control", "oom_kill"));
        }
        Path unified = GROUPS.resolve(parts[2].substring(1));
        if (parts[1].isEmpty() && Files.exists(unified.resolve("memory.max"))) {
          return new Memory(
              number(unified, "memory.max"),
              field(unified, "memory.stat", "anon"),
              field(unified, "memory.events", "oom_kill"));
        }
      }
    }
    throw new IOException("no group with a memory of " + process);
  }

  private static long number(Path group, String file) throws IOException {
    return Long.parseLong(Files.readString(group.resolve(file)).strip());
  }

  private static long field(Path group, String file, String name) throws IOException {
    try (Stream<String> lines = Files.lines(group.resolve(file))) {
      return lines
          .filter(line -> line.startsWith(name + " "))
          .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1)))
          .findFirst()
          .orElseThrow();
    }
  }
}
