package dev.tarn.e2e.bench;

import dev.tarn.e2e.run.Need;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** A control group with a limit to its memory, page cache counted in, as a container has one. */
final class MemoryGroup implements AutoCloseable {
  private static final Path ROOT = Path.of("/sys/fs/cgroup");
  private static final Duration EMPTY_LIMIT = Duration.ofSeconds(20);
  private static final Duration PAUSE = Duration.ofMillis(20);
  private static final AtomicLong NUMBER = new AtomicLong();

  private final Path directory;
  private final int version;

  private MemoryGroup(Path directory, int version) {
    this.directory = directory;
    this.version = version;
  }

  static Need need() {
    return new Need(
        "memory control group",
        "run it as root on a machine that mounts cgroup v1 or v2 at " + ROOT,
        () -> Files.isWritable(first()) || hasSecond());
  }

  private static Path first() {
    return ROOT.resolve("memory");
  }

  private static boolean hasSecond() {
    Path controllers = ROOT.resolve("cgroup.controllers");
    try {
      return Files.isWritable(ROOT)
          && Files.exists(controllers)
          && Files.readString(controllers).contains("memory");
    } catch (IOException unreadable) {
      return false;
    }
  }

  /** Makes a group, of the version that has the memory controller here. */
  static MemoryGroup create(long limitBytes) throws IOException {
    String name = "tarn-bench-" + ProcessHandle.current().pid() + "-" + NUMBER.getAndIncrement();
    if (Files.exists(ROOT.resolve("memory/memory.limit_in_bytes"))) {
      Path directory = Files.createDirectory(first().resolve(name));
      Files.writeString(directory.resolve("memory.limit_in_bytes"), Long.toString(limitBytes));
      return new MemoryGroup(directory, 1);
    }
    Files.writeString(ROOT.resolve("cgroup.subtree_control"), "+memory");
    Path directory = Files.createDirectory(ROOT.resolve(name));
    Files.writeString(directory.resolve("memory.max"), Long.toString(limitBytes));
    return new MemoryGroup(directory, 2);
  }

  /** Of the control groups: 1 or 2. */
  int version() {
    return version;
  }

  /** Makes a command enter the group before it becomes what it is. */
  List<String> enter(List<String> command) {
    List<String> entering = new ArrayList<>();
    entering.addAll(
        List.of(
            "sh",
            "-c",
            "echo $$ >\"$0\" && exec \"$@\"",
            directory.resolve("cgroup.procs").toString()));
    entering.addAll(command);
    return entering;
  }

  /** Removes the group as soon as what was in it is dead. */
  @Override
  public void close() throws IOException {
    long deadline = System.nanoTime() + EMPTY_LIMIT.toNanos();
    while (Files.exists(directory)) {
      try {
        Files.delete(directory);
      } catch (IOException busy) {
        if (System.nanoTime() - deadline > 0) {
          throw busy;
        }
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }
  }
}
