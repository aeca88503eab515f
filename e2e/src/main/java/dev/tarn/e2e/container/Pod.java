package dev.tarn.e2e.container;

import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.node.Containerd;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Containers of the image with what the chart's pod gives them: the host's network, a read-only
 * root file system, no privileges to gain, the runtime's seccomp profile, and few capabilities.
 */
final class Pod {
  private static final String NAMESPACE = "k8s.io";
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Duration END_LIMIT = Duration.ofSeconds(30);

  /** What containerd gives a container that nothing is said of. */
  private static final List<String> CAPABILITIES =
      List.of(
          "CHOWN",
          "DAC_OVERRIDE",
          "FSETID",
          "FOWNER",
          "MKNOD",
          "NET_RAW",
          "SETGID",
          "SETUID",
          "SETFCAP",
          "SETPCAP",
          "NET_BIND_SERVICE",
          "SYS_CHROOT",
          "KILL",
          "AUDIT_WRITE");

  private final Workspace workspace;
  private final Containerd containerd;
  private final String reference;

  private Pod(Workspace workspace, Containerd containerd, String reference) {
    this.workspace = workspace;
    this.containerd = containerd;
    this.reference = reference;
  }

  /** Gives containerd the image. */
  static Pod of(Workspace workspace, Containerd containerd, ShippedImage image) throws IOException {
    Path tar = workspace.directory().resolve("image.tar");
    run(
        workspace,
        "tar",
        List.of("tar", "-C", image.layout().toString(), "-cf", tar.toString(), "."));
    String name = "image.test/tarn";
    run(
        workspace,
        "import",
        containerd.ctr(
            NAMESPACE,
            "images",
            "import",
            "--base-name",
            name,
            "--platform",
            "linux/amd64",
            tar.toString()));
    Files.delete(tar);
    return new Pod(workspace, containerd, name + ":" + image.tag());
  }

  /** A container: who it is, what it may, what it may take, what it sees. */
  record Container(
      String name, String user, List<String> capabilities, long memoryBytes, List<Mount> mounts) {}

  /** A directory of the host's in a container. */
  record Mount(Path host, String path, boolean writable) {
    String option() {
      return "type=bind,src=%s,dst=%s,options=rbind:%s"
          .formatted(host, path, writable ? "rw" : "ro");
    }
  }

  /** Runs a command in such a container to its end. */
  Child.Finished run(Container container, List<String> command) {
    return Child.run(
        container.name(), workspace.directory(), Map.of(), words(container, command), LIMIT);
  }

  /** Starts a container, which ends with the workspace. */
  Running start(Container container, List<String> command) {
    Child child =
        Child.start(container.name(), workspace.directory(), Map.of(), words(container, command));
    Running running = new Running(container.name(), child);
    workspace.own(running);
    return running;
  }

  private List<String> words(Container container, List<String> command) {
    List<String> words =
        new ArrayList<>(List.of("run", "--rm", "--net-host", "--read-only", "--seccomp"));
    words.addAll(List.of("--user", container.user()));
    words.addAll(List.of("--memory-limit", Long.toString(container.memoryBytes())));
    for (String capability : CAPABILITIES) {
      if (!container.capabilities().contains(capability)) {
        words.addAll(List.of("--cap-drop", "CAP_" + capability));
      }
    }
    for (Mount mount : container.mounts()) {
      words.addAll(List.of("--mount", mount.option()));
    }
    // Ends at once where what was learnt cannot be used.
    words.addAll(List.of("--env", "JDK_JAVA_OPTIONS=-XX:AOTMode=on"));
    words.addAll(List.of("--env", "MALLOC_ARENA_MAX=2"));
    words.addAll(List.of(reference, container.name()));
    words.addAll(command);
    return containerd.ctr(NAMESPACE, words.toArray(String[]::new));
  }

  private static void run(Workspace workspace, String name, List<String> command) {
    Child.run(name, workspace.directory(), Map.of(), command, LIMIT).orFail();
  }

  /** A container that was started. */
  final class Running implements AutoCloseable {
    private final String name;
    private final Child child;

    private Running(String name, Child child) {
      this.name = name;
      this.child = child;
    }

    boolean alive() {
      return child.alive();
    }

    String tail() {
      return child.tail();
    }

    /** The fields of its first process in /proc. */
    String status() throws IOException {
      return Files.readString(process().resolve("status"));
    }

    /** What the kernel says of its memory. */
    Memory memory() throws IOException {
      return Memory.of(process());
    }

    private Path process() {
      List<String> command = containerd.ctr(NAMESPACE, "task", "ls");
      String tasks = Child.run("tasks", workspace.directory(), Map.of(), command, LIMIT).output();
      return tasks
          .lines()
          .map(line -> line.split("\\s+", -1))
          .filter(words -> words[0].equals(name))
          .map(words -> Path.of("/proc", words[1]))
          .findFirst()
          .orElseThrow();
    }

    /** Tells it to end, as the kubelet does, and waits for it. */
    void end() throws Exception {
      run(
          workspace,
          "kill",
          containerd.ctr(NAMESPACE, "task", "kill", "--signal", "SIGTERM", name));
      Await.until(name + " ends", END_LIMIT, () -> !child.alive());
    }

    @Override
    public void close() {
      if (child.alive()) {
        Child.run(
            "kill-" + name,
            workspace.directory(),
            Map.of(),
            containerd.ctr(NAMESPACE, "task", "kill", "--signal", "SIGKILL", name),
            LIMIT);
      }
      child.close();
    }
  }
}
