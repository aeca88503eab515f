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

  /**
   * What a cluster has of the processors, by versions 1 and 2, where one program has 1024 or 100.
   */
  private static final Map<String, String> WEIGHT =
      Map.of("cpu.shares", "16384", "cpu.weight", "1600");

  /** Those of version 1 that daemons have groups in; pods' are in all. */
  private static final List<String> OF_DAEMONS = List.of("pids", "cpu", "memory");

  private static final String ENTER =
      "while [ \"$1\" != -- ]; do echo $$ > \"$1\"; shift; done; shift; exec \"$@\"";

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
      Files.createDirectories(hierarchy.resolve(name).resolve(group));
      weigh(hierarchy.resolve(name));
    }
    for (Path daemons : daemons(group)) {
      Files.createDirectories(daemons);
    }
  }

  /**
   * Among a cluster's own, a node's pods and its daemons share as on any node. But all of them
   * together must not have as little as any one program outside.
   */
  private static void weigh(Path group) throws IOException {
    for (Map.Entry<String, String> weight : WEIGHT.entrySet()) {
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

  /** Version 2 has processes in leaves only. */
  private List<Path> daemons(String group) {
    return (unified() ? List.of(ROOT) : OF_DAEMONS.stream().map(ROOT::resolve).toList())
        .stream().map(root -> root.resolve(name).resolve(group).resolve(DAEMONS)).toList();
  }

  /** The command that runs a command as part of a group. */
  List<String> within(String group, List<String> command) {
    List<String> words = new ArrayList<>(List.of("sh", "-c", ENTER, "enter"));
    daemons(group).forEach(daemons -> words.add(daemons.resolve(PROCESSES).toString()));
    words.add("--");
    words.addAll(command);
    return words;
  }

  /** Makes a process, and those that it starts from now on, part of a group. */
  void adopt(String group, long process) {
    try {
      for (Path daemons : daemons(group)) {
        Files.writeString(daemons.resolve(PROCESSES), Long.toString(process));
      }
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
