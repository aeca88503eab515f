package dev.tarn.e2e.bench;

import dev.tarn.e2e.run.Need;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The first two processors that this process may use: one for servers, one for clients. */
record Processors(int server, int client) {

  static Need need() {
    return new Need(
        "two processors",
        "server and client each get one of their own",
        () -> allowed().size() >= 2);
  }

  static Processors pick() {
    List<Integer> allowed = allowed();
    return new Processors(allowed.get(0), allowed.get(1));
  }

  List<String> onServer(List<String> command) {
    return pinned(server, command);
  }

  List<String> onClient(List<String> command) {
    return pinned(client, command);
  }

  private static List<String> pinned(int processor, List<String> command) {
    List<String> pinned = new ArrayList<>();
    pinned.addAll(List.of("taskset", "-c", Integer.toString(processor)));
    pinned.addAll(command);
    return pinned;
  }

  private static List<Integer> allowed() {
    try {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith("Cpus_allowed_list:"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .map(Processors::parse)
          .orElse(List.of());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A list as the kernel writes it, such as {@code 0-2,5}. */
  static List<Integer> parse(String list) {
    List<Integer> processors = new ArrayList<>();
    for (String part : list.split(",", -1)) {
      String[] ends = part.split("-", -1);
      for (int each = Integer.parseInt(ends[0]);
          each <= Integer.parseInt(ends[ends.length - 1]);
          each++) {
        processors.add(each);
      }
    }
    return processors;
  }
}
