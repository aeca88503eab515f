package dev.tarn.e2e.laptop;

import dev.tarn.e2e.check.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A cluster's own control groups, by which every process of it is found again: its nodes' pods and
 * daemons, and its control plane. Version 1 and 2. Safe for several threads.
 */
final class ControlGroups {
  private static final Path ROOT = Path.of("/sys/fs/cgroup");
  private static final String PROCESSES = "cgroup.procs";
  private static final String DAEMONS = "daemons";
  private static final Duration DEATH_LIMIT = Duration.ofSeconds(20);

  /** Of versions 1 and 2. */
  private static final Map<String, String> MOST_WEIGHT =
      Map.of("cpu.shares", "262144", "cpu.weight", "10000");

  private final String name;

  ControlGroups(String name) {
    this.name = name;
  }

  private static boolean unified() {
    return Files.exists(ROOT.resolve("cgroup.controllers"));
  }

  /** The one that tells who belongs to whom. */
  private static Path hierarchy() {
    return unified() ? ROOT : ROOT.resolve("pids");
  }

  /** Makes a group in every hierarchy; it is there already where another one uses it. */
  void make(String group) throws IOException {
    for (Path hierarchy : hierarchies()) {
      Path made = Files.createDirectories(hierarchy.resolve(name).resolve(group));
      prefer(made.getParent());
      prefer(made);
    }
    Files.createDirectories(daemons(group));
  }

  /**
   * The most weight there is, where it has one: else all pods together had no more of the
   * processors than any one program outside, of which the nodes' own are many.
   */
  private static void prefer(Path group) throws IOException {
    for (Map.Entry<String, String> weight : MOST_WEIGHT.entrySet()) {
      Path file = group.resolve(weight.getKey());
      if (Files.exists(file)) {
        Files.writeString(file, weight.getValue());
      }
    }
  }

  private static List<Path> hierarchies() throws IOException {
    if (unified()) {
      return List.of(ROOT);
    }
    try (Stream<Path> all = Files.list(ROOT)) {
      return all.filter(path -> Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
          .filter(path -> Files.exists(path.resolve(PROCESSES)))
          .filter(path -> !path.endsWith("unified"))
          .toList();
    }
  }

  /** What a kubelet calls a group. */
  String pathOf(String group) {
    return "/" + name + "/" + group;
  }

  private Path daemons(String group) {
    // Version 2 has processes in leaves only.
    return hierarchy().resolve(name).resolve(group).resolve(DAEMONS);
  }

  /** The command that runs a command as part of a group. */
  List<String> within(String group, List<String> command) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "sh",
                "-c",
                "echo $$ > \"$0\"; exec \"$@\"",
                daemons(group).resolve(PROCESSES).toString()));
    words.addAll(command);
    return words;
  }

  /** Makes a process, and those that it starts from now on, part of a group. */
  void adopt(String group, long process) {
    try {
      Files.writeString(daemons(group).resolve(PROCESSES), Long.toString(process));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** SIGKILL to everything in a group; returns when it is gone. */
  void kill(String group) throws Exception {
    Await.until(
        "every process of " + group + " is gone",
        DEATH_LIMIT,
        () -> {
          List<Long> left = processes(group);
          left.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
          return left.isEmpty();
        });
  }

  private List<Long> processes(String group) throws IOException {
    Path top = hierarchy().resolve(name).resolve(group);
    List<Long> found = new ArrayList<>();
    if (Files.notExists(top)) {
      return found;
    }
    try (Stream<Path> all = Files.walk(top)) {
      for (Path file : all.filter(path -> path.endsWith(PROCESSES)).toList()) {
        Files.readAllLines(file).forEach(line -> found.add(Long.parseLong(line.strip())));
      }
    } catch (NoSuchFileException | UncheckedIOException vanished) {
      // A group that went meanwhile; there are others.
      return processes(group);
    }
    return found;
  }
}
