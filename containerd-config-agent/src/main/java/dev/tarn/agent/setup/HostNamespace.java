package dev.tarn.agent.setup;

import dev.tarn.agent.files.HostRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The mount namespace of the host, entered by way of one of its processes. From a container that
 * needs {@code hostPID}, CAP_SYS_ADMIN, CAP_SYS_CHROOT and CAP_SYS_PTRACE.
 *
 * <p>The words that lead there are {@code nsenter}'s: the image's where it has one, else the host's
 * own, started by the host's own dynamic loader with the host's libraries, all of them found under
 * {@code /proc/PID/root}.
 */
final class HostNamespace {
  private static final List<String> PROGRAM_DIRECTORIES =
      List.of("/usr/bin", "/bin", "/usr/sbin", "/sbin", "/run/current-system/sw/bin");
  private static final List<String> LIBRARY_DIRECTORIES =
      List.of(
          "/lib64",
          "/usr/lib64",
          "/lib/x86_64-linux-gnu",
          "/usr/lib/x86_64-linux-gnu",
          "/lib/aarch64-linux-gnu",
          "/usr/lib/aarch64-linux-gnu",
          "/lib",
          "/usr/lib");

  private final Path process;
  private final long pid;
  private final List<Path> ownPrograms;

  /**
   * @param pid a process in the host's namespace, 1 where {@code hostPID} is set
   * @param ownPrograms the directories in which this image may have nsenter
   */
  HostNamespace(long pid, List<Path> ownPrograms) {
    this.pid = pid;
    this.process = Path.of("/proc", Long.toString(pid));
    this.ownPrograms = List.copyOf(ownPrograms);
  }

  /** Whether this process is in it already. */
  boolean isHere() {
    try {
      Path own = Files.readSymbolicLink(Path.of("/proc/self/ns/mnt"));
      return own.equals(Files.readSymbolicLink(process.resolve("ns/mnt")));
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether it can be looked into from here. */
  boolean isVisible() {
    return Files.isDirectory(process.resolve("root/etc"));
  }

  /** Its files. */
  HostRoot root() {
    return new HostRoot(process.resolve("root"));
  }

  /** What to put before a command; empty where there is no way. */
  Optional<List<String>> prefix() {
    for (Path directory : ownPrograms) {
      Path own = directory.resolve("nsenter");
      if (Files.isExecutable(own)) {
        return Optional.of(with(List.of(own.toString())));
      }
    }
    HostRoot root = root();
    for (String directory : PROGRAM_DIRECTORIES) {
      try {
        Path theirs = root.resolve(directory + "/nsenter");
        if (Files.isRegularFile(theirs)) {
          return Optional.of(with(started(root, theirs)));
        }
      } catch (IOException e) {
        // not this one
      }
    }
    return Optional.empty();
  }

  private List<String> with(List<String> nsenter) {
    List<String> words = new ArrayList<>(nsenter);
    words.addAll(List.of("--target", Long.toString(pid), "--mount", "--"));
    return List.copyOf(words);
  }

  /** How a program of the host is started outside of its file system. */
  private static List<String> started(HostRoot root, Path program) throws IOException {
    List<String> words = new ArrayList<>();
    Optional<String> interpreter = Elf.interpreter(program);
    if (interpreter.isPresent()) {
      Path loader = root.resolve(interpreter.get());
      words.add(loader.toString());
      words.add("--library-path");
      words.add(libraries(root));
    }
    words.add(program.toString());
    if (program.endsWith("busybox")) {
      words.add("nsenter"); // a busybox goes by the name it is called by
    }
    return words;
  }

  private static String libraries(HostRoot root) throws IOException {
    StringBuilder path = new StringBuilder();
    for (String directory : LIBRARY_DIRECTORIES) {
      Path here = root.resolve(directory);
      if (Files.isDirectory(here)) {
        path.append(path.isEmpty() ? "" : ":").append(here);
      }
    }
    return path.toString();
  }
}
