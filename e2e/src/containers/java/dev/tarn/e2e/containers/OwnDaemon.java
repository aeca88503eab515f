package dev.tarn.e2e.containers;

import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Tools;
import dev.tarn.e2e.process.Workspace;
import dev.tarn.e2e.run.Need;
import java.io.IOException;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A Docker daemon where none runs, with every path of its own, in mount and process namespaces of
 * its own: when its first process is gone, so are its containers and whatever they had mounted. It
 * leaves the machine's firewall and routing alone, so its containers reach each other and are
 * reached from here, and that is all.
 */
final class OwnDaemon implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration END_LIMIT = Duration.ofSeconds(60);
  private static final Path CGROUPS = Path.of("/sys/fs/cgroup");

  /** What Docker calls bridges, which outlive it: that of every daemon, and those of networks. */
  private static final Pattern BRIDGE = Pattern.compile("docker0|br-[0-9a-f]{12}");

  private final Set<String> bridgesBefore = bridges();
  private final Path directory;
  private final Path socket;
  private final String cgroup;
  private final Child process;

  private OwnDaemon(Workspace workspace) throws IOException {
    this.socket = workspace.makeDirectory("s").resolve("d.sock");
    this.cgroup = "tarn-containers-" + ProcessHandle.current().pid();
    this.directory = workspace.directory();
    // A file system that is an overlay itself cannot carry another.
    String driver =
        Files.getFileStore(directory).type().equals("overlay") ? "vfs" : "overlay2";
    List<String> command =
        new ArrayList<>(List.of("unshare", "--mount", "--propagation", "private"));
    command.addAll(List.of("--pid", "--fork", "--kill-child", "--mount-proc"));
    command.add(Tools.onPath("dockerd").orElseThrow().toString());
    command.addAll(List.of("--host", "unix://" + socket));
    command.addAll(List.of("--data-root", workspace.makeDirectory("data").toString()));
    command.addAll(List.of("--exec-root", workspace.makeDirectory("x").toString()));
    command.addAll(List.of("--pidfile", directory.resolve("dockerd.pid").toString()));
    command.addAll(List.of("--storage-driver", driver));
    command.addAll(List.of("--exec-opt", "native.cgroupdriver=cgroupfs"));
    command.addAll(List.of("--cgroup-parent", "/" + cgroup));
    command.addAll(List.of("--iptables=false", "--ip6tables=false"));
    command.addAll(List.of("--ip-forward=false", "--ip-masq=false"));
    String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/sbin";
    this.process = Child.start("dockerd", directory, Map.of("PATH", path), command);
    workspace.own(this);
  }

  /**
   * Starts one.
   *
   * @throws IllegalStateException where it cannot be: what is missing, and what to do
   */
  static OwnDaemon start(Workspace workspace) throws Exception {
    for (Need need :
        List.of(
            Need.root(),
            Need.debian("dockerd", "docker.io"),
            Need.debian("containerd", "containerd"),
            Need.debian("ip", "iproute2"),
            Need.debian("unshare", "util-linux"))) {
      Optional<String> missing = need.missing();
      if (missing.isPresent()) {
        throw new IllegalStateException(
            "No Docker answers at DOCKER_HOST or /var/run/docker.sock, and none can be started: "
                + missing.orElseThrow());
      }
    }
    OwnDaemon daemon = new OwnDaemon(workspace);
    Await.until(
        "dockerd answers",
        START_LIMIT,
        () -> {
          if (!daemon.process.alive()) {
            throw new CaseFailed("dockerd ended; " + daemon.process.tail());
          }
          return Files.exists(daemon.socket);
        });
    return daemon;
  }

  Path socket() {
    return socket;
  }

  /** The daemon is the first process of its namespace, and the only child here. */
  @Override
  public void close() throws IOException {
    try (process) {
      process.all().stream().skip(1).findFirst().ifPresent(ProcessHandle::destroy);
      Await.until("dockerd ends", END_LIMIT, () -> !process.alive());
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(process.tail(), e);
    } finally {
      removeBridges();
      removeCgroups();
    }
  }

  private static Set<String> bridges() throws IOException {
    return NetworkInterface.networkInterfaces()
        .map(NetworkInterface::getName)
        .filter(BRIDGE.asMatchPredicate())
        .collect(Collectors.toSet());
  }

  private void removeBridges() throws IOException {
    for (String bridge : bridges()) {
      if (!bridgesBefore.contains(bridge)) {
        List<String> command = List.of("ip", "link", "delete", bridge);
        Child.run("ip", directory, Map.of(), command, END_LIMIT).orFail();
      }
    }
  }

  private void removeCgroups() throws IOException {
    List<Path> empty = new ArrayList<>();
    try (Stream<Path> hierarchies = Files.list(CGROUPS)) {
      for (Path hierarchy : Stream.concat(Stream.of(CGROUPS), hierarchies).toList()) {
        Path ours = hierarchy.resolve(cgroup);
        if (Files.isDirectory(ours)) {
          try (Stream<Path> all = Files.walk(ours)) {
            empty.addAll(all.filter(Files::isDirectory).toList());
          }
        }
      }
    }
    Collections.reverse(empty);
    for (Path directory : empty) {
      Files.deleteIfExists(directory);
    }
  }
}
