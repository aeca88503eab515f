package dev.tarn.e2e.clustered;

import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.laptop.Machine;
import dev.tarn.e2e.process.Child;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Tarn on one node, as the node itself has it: a process, and entries for containerd. */
final class NodeTarn {
  /** What entries lead containerd to. */
  static final String REGISTRY = "127.0.0.1:5050";

  private static final String CONTAINER = "io.kubernetes.container.name=tarn";
  private static final String ENTRIES = "/etc/containerd/certs.d";

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private NodeTarn() {}

  /** SIGKILL, to the server. */
  static void kill(Machine machine) {
    ProcessHandle.of(pid(machine)).ifPresent(ProcessHandle::destroyForcibly);
  }

  /** The server's process. */
  static long pid(Machine machine) {
    String container =
        lastLine(machine.crictl("ps", "--quiet", "--state", "Running", "--label", CONTAINER));
    if (container.isEmpty()) {
      throw new CaseFailed("no Tarn runs on " + machine.name());
    }
    return Long.parseLong(
        lastLine(
            machine.crictl(
                "inspect", "--output", "go-template", "--template", "{{.info.pid}}", container)));
  }

  private static String lastLine(Child.Finished finished) {
    List<String> lines = finished.orFail().output().strip().lines().toList();
    return lines.isEmpty() ? "" : lines.getLast().strip();
  }

  /** Waits until containerd is led to it on each of these nodes. */
  static void awaitEntries(List<Machine> machines) throws Exception {
    for (Machine machine : machines) {
      Await.until(
          "containerd on " + machine.name() + " is led to Tarn", PATIENCE, () -> hasEntry(machine));
    }
  }

  /** Whether containerd is led to it, for any registry. */
  static boolean hasEntry(Machine machine) {
    Path entries = machine.path(ENTRIES);
    try (Stream<Path> files = Files.walk(entries)) {
      for (Path file : files.filter(path -> path.endsWith("hosts.toml")).toList()) {
        if (Files.readString(file).contains(REGISTRY)) {
          return true;
        }
      }
      return false;
    } catch (IOException | UncheckedIOException changing) {
      // The agent is at work there: what it leaves is seen the next time.
      return false;
    }
  }
}
