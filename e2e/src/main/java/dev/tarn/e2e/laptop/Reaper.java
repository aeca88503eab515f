package dev.tarn.e2e.laptop;

import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.process.Child;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Ends whatever a cluster started: its processes and pods, and with the last of them their mount
 * namespaces, mounts and loop devices; then its network namespaces, its control groups and its
 * disks. A process of its own, which does so when it is told to, or when the harness is gone,
 * however that came.
 */
final class Reaper implements AutoCloseable {
  static final String PREFIX = "tarn-kube-";

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Pattern NAME = Pattern.compile(PREFIX + "(\\d+)-\\d+");

  private static final String SCRIPT =
      """
      name=$1 work=$2
      cat > /dev/null
      trap '' INT TERM HUP
      groups() { find /sys/fs/cgroup -maxdepth 2 -type d -name "$name" 2> /dev/null; }
      processes() {
        groups | while read -r group; do
          find "$group" -name cgroup.procs -exec cat {} + 2> /dev/null
        done | sort -u
      }
      for _ in $(seq 200); do
        left=$(processes)
        [ -n "$left" ] || break
        kill -9 $left 2> /dev/null
        sleep 0.1
      done
      for namespace in /run/netns/"$name" /run/netns/"$name"-*; do
        [ ! -e "$namespace" ] || ip netns del "$(basename "$namespace")"
      done
      for _ in $(seq 50); do
        [ -n "$(groups)" ] || break
        groups | while read -r group; do find "$group" -depth -type d -exec rmdir {} + 2> /dev/null; done
        sleep 0.1
      done
      [ -z "$work" ] || rm -f "$work"/*/disk.img
      [ -z "$(groups)" ] || { echo "still there: $(groups) $(processes)"; exit 1; }
      """;

  private final Process process;

  private Reaper(Process process) {
    this.process = process;
  }

  /**
   * Begins to watch.
   *
   * @param name of the cluster's network namespaces and of its control groups
   * @param work where its nodes have their directories
   */
  static Reaper watch(String name, Path work) throws IOException {
    return new Reaper(
        new ProcessBuilder("setsid", "bash", "-c", SCRIPT, "reaper", name, work.toString())
            .redirectErrorStream(true)
            .redirectOutput(work.resolve("reaper.log").toFile())
            .start());
  }

  /** Ends what runs that are dead have left, however they died. */
  static void sweep(Path directory) throws IOException {
    List<String> names = new ArrayList<>();
    for (Path place : List.of(Path.of("/run/netns"), Path.of("/sys/fs/cgroup"), pids())) {
      if (Files.isDirectory(place)) {
        try (Stream<Path> all = Files.list(place)) {
          all.map(path -> path.getFileName().toString()).forEach(names::add);
        }
      }
    }
    for (String name : names.stream().distinct().toList()) {
      Matcher matcher = NAME.matcher(name);
      if (matcher.matches() && ProcessHandle.of(Long.parseLong(matcher.group(1))).isEmpty()) {
        Child.run(
            "sweep", directory, Map.of(), List.of("bash", "-c", SCRIPT, "reaper", name, ""), LIMIT);
      }
    }
  }

  private static Path pids() {
    return Path.of("/sys/fs/cgroup/pids");
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    try {
      if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new CaseFailed("the cluster is not gone altogether, see reaper.log");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the cluster was to go", e);
    }
  }
}
