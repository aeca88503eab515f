package dev.tarn.e2e.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What /proc tells of the processor time, the memory and the start of a process. */
public record ProcessUse(long pid) {
  private static final double TICKS_PER_SECOND = 100;
  private static final int USER_TIME = 11;
  private static final int SYSTEM_TIME = 12;

  /** Resident and anonymous memory. */
  public record Memory(double residentMib, double anonymousMib) {
    public Memory highest(Memory other) {
      return new Memory(
          Math.max(residentMib, other.residentMib), Math.max(anonymousMib, other.anonymousMib));
    }
  }

  /** The processor time that it and its dead threads took. */
  public double cpuSeconds() {
    String stat = text("stat");
    // The command's name, in parentheses, may hold anything; the fields follow it.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[SYSTEM_TIME]))
        / TICKS_PER_SECOND;
  }

  /** Walks its page tables, which holds up its memory management for a moment. */
  public Memory memory() {
    String rollup = text("smaps_rollup");
    return new Memory(mebibytes(rollup, "Rss:"), mebibytes(rollup, "Anonymous:"));
  }

  private static double mebibytes(String rollup, String field) {
    return rollup
            .lines()
            .filter(line -> line.startsWith(field))
            .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
            .findFirst()
            .orElseThrow()
        / 1024.0;
  }

  /** The command that it was started by. */
  List<String> command() {
    return zeroEnded("cmdline");
  }

  Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>();
    for (String entry : zeroEnded("environ")) {
      int equals = entry.indexOf('=');
      if (equals > 0) {
        environment.put(entry.substring(0, equals), entry.substring(equals + 1));
      }
    }
    return environment;
  }

  private List<String> zeroEnded(String file) {
    List<String> parts = new ArrayList<>(List.of(text(file).split("\0", -1)));
    parts.removeLast();
    return parts;
  }

  private String text(String file) {
    try {
      return Files.readString(Path.of("/proc/" + pid, file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
