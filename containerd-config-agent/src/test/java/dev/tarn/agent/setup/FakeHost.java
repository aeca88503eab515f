package dev.tarn.agent.setup;

import dev.tarn.agent.files.HostRoot;
import dev.tarn.agent.setup.HostCommands.Outcome;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A host with systemd and a containerd that runs with what its configuration said when it was
 * started, and that the test can let fail; and a disk. This process can be killed before and after
 * every write and every command.
 */
final class FakeHost {
  static final String MAIN = "/etc/containerd/config.toml";
  static final String STATE = "/var/lib/tarn/configure-containerd";
  static final String OLD = "version = 2\n";
  static final String NEW = OLD + "config_path = \"/r\"\n";

  /** This process was killed. */
  static final class Killed extends Error {
    private static final long serialVersionUID = 1;
  }

  final HostFiles files;
  int restarts;

  /** containerd does not start with a config_path. */
  boolean failsWithNew;

  /** containerd makes something else of the file than of its copy. */
  boolean ignoresNew;

  private boolean active = true;
  private String runningWith = OLD;
  private int invocation = 1;
  private int stepsLeft = Integer.MAX_VALUE;
  private long nanos;

  FakeHost(Path mount) throws IOException {
    for (String each : List.of("/etc/containerd", "/run", STATE)) {
      Files.createDirectories(Path.of(mount + each));
    }
    this.files = new Disk(new HostRoot(mount));
    files.replace(MAIN, OLD);
  }

  static Plan.Change change() {
    return new Plan.Change("why", MAIN, Optional.of(OLD), NEW, "/r", MAIN, "key");
  }

  /** Kills this process before the step with that number, counted from now. */
  void killAt(int step) {
    stepsLeft = step;
  }

  /** Starts this process again. */
  void revive() {
    stepsLeft = Integer.MAX_VALUE;
  }

  /** Whether it lived until here. */
  boolean lived() {
    return stepsLeft >= 0;
  }

  boolean isWell() {
    return active;
  }

  String runsWith() {
    return runningWith;
  }

  String onDisk() throws IOException {
    return files.read(MAIN).orElse("");
  }

  /** The machine, or systemd by itself, starts containerd. */
  void start() throws IOException {
    runningWith = onDisk();
    active = !(failsWithNew && runningWith.equals(NEW));
    invocation++;
  }

  Journal journal() {
    return new Journal(files, STATE);
  }

  Procedure procedure() {
    Unit unit = new Unit(this::run, "containerd.service");
    Health health =
        new Health(
            unit,
            () -> active,
            () -> nanos,
            time -> nanos += time.toNanos(),
            Duration.ofSeconds(3),
            Duration.ofSeconds(2));
    return new Procedure(files, journal(), unit, health, this::dump);
  }

  /** What a run of the command does, without the search for a change. */
  Procedure.Result run() throws IOException {
    for (Journal.Entry unfinished : journal().unfinished()) {
      Optional<Procedure.Result> ended = procedure().resume(unfinished);
      if (ended.isPresent()) {
        return ended.get();
      }
    }
    return onDisk().equals(NEW)
        ? new Procedure.Result.Done(MAIN)
        : procedure().make(change(), false);
  }

  private Optional<Dump> dump(String main) {
    try {
      String said = onDisk().equals(NEW) && !ignoresNew ? "/r" : "";
      return Dump.parse(
          "[plugins.\"io.containerd.grpc.v1.cri\".registry]\nconfig_path = \"" + said + "\"\n");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private Outcome run(List<String> command, Duration limit) {
    step();
    Outcome outcome = ran(String.join(" ", command));
    step();
    return outcome;
  }

  private Outcome ran(String command) {
    return switch (command) {
      case "systemctl restart containerd.service" -> {
        restarts++;
        try {
          start();
        } catch (IOException e) {
          throw new AssertionError(e);
        }
        yield new Outcome(active ? 0 : 1, "", active ? "" : "Job failed.");
      }
      case "systemctl is-active containerd.service" -> new Outcome(active ? 0 : 3, "", "");
      case "systemctl show --property=InvocationID containerd.service" ->
          new Outcome(0, "InvocationID=" + invocation + "\n", "");
      case "systemctl show --property=LoadState containerd.service" ->
          new Outcome(0, "LoadState=loaded\n", "");
      default -> throw new AssertionError(command);
    };
  }

  private void step() {
    if (--stepsLeft < 0) {
      throw new Killed();
    }
  }

  private final class Disk extends HostFiles {
    private final HostRoot root;

    Disk(HostRoot root) {
      super(root);
      this.root = root;
    }

    @Override
    void replace(String path, String text) throws IOException {
      step();
      if (stepsLeft == 0) { // killed in the middle
        Files.writeString(Path.of(root.resolve(path) + ".tarn-new"), "version = ");
        step();
      }
      super.replace(path, text);
      step();
    }

    @Override
    void force(FileChannel channel) {
      // a process that is killed loses nothing that it wrote
    }

    @Override
    void delete(String path) throws IOException {
      step();
      super.delete(path);
      step();
    }
  }
}
