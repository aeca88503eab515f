package dev.tarn.e2e.agent;

import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.run.CaseRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A {@code systemctl} that knows one unit, the node's containerd, and ends and starts that as
 * systemd would: the one part of a host that is not real here.
 */
final class FakeSystemd {
  private static final Duration COMMAND_LIMIT = Duration.ofSeconds(60);

  private final CaseRun run;
  private final Path directory;

  private FakeSystemd(CaseRun run, Path directory) {
    this.run = run;
    this.directory = directory;
  }

  /** Takes over a node's containerd that runs already. */
  static FakeSystemd of(CaseRun run, Node node) throws IOException {
    Path directory = run.workspace().makeDirectory("systemd");
    Path configuration = node.containerd().configuration();
    Path program = node.kind().release().programs().resolve("containerd");
    Path script = directory.resolve("systemctl");
    Files.writeString(
        script,
        script(
            directory, program, configuration, node.containerd().certs(), SwitchedOn.socket(node)));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(directory.resolve("restarts"), "");
    Files.writeString(directory.resolve("invocation"), "first\n");
    Files.writeString(directory.resolve("pid"), process(configuration).pid() + "\n");
    FakeSystemd systemd = new FakeSystemd(run, directory);
    run.workspace().own(systemd::stop);
    return systemd;
  }

  private static String script(
      Path directory, Path program, Path configuration, Path root, Path socket) {
    return """
        #!/bin/sh
        here=%1$s
        case "$1 $2" in
          "show --property=ExecStart")
            echo "ExecStart={ path=%2$s ; argv[]=%2$s --config %3$s ; ignore_errors=no ; }" ;;
          "show --property=LoadState") echo LoadState=loaded ;;
          "show --property=InvocationID") echo "InvocationID=$(cat $here/invocation)" ;;
          "is-active "*) kill -0 "$(cat $here/pid)" 2>/dev/null ;;
          "restart "*)
            echo restart >>$here/restarts
            pid=$(cat $here/pid)
            kill "$pid" 2>/dev/null
            tries=0
            while kill -0 "$pid" 2>/dev/null && [ $tries -lt 100 ]; do
              sleep 0.1
              tries=$((tries + 1))
            done
            if [ -e $here/broken ] && %2$s --config %3$s config dump 2>/dev/null | grep -q 'config_path = .%4$s'; then
              echo "Job for containerd.service failed." >&2
              exit 1
            fi
            rm -f %5$s
            setsid unshare --mount --propagation private %2$s --config %3$s --log-level debug \\
              >>$here/containerd.log 2>&1 </dev/null &
            echo $! >$here/pid
            date +%%s%%N >$here/invocation
            tries=0
            until [ -S %5$s ] || [ $tries -ge 200 ]; do
              sleep 0.1
              tries=$((tries + 1))
            done ;;
          *) echo "systemctl: $*" >&2; exit 4 ;;
        esac
        """
        .formatted(directory, program, configuration, root, socket);
  }

  private static ProcessHandle process(Path configuration) {
    Optional<ProcessHandle> found =
        ProcessHandle.allProcesses()
            .filter(each -> each.info().command().orElse("").endsWith("/containerd"))
            .filter(each -> each.info().commandLine().orElse("").contains(configuration.toString()))
            .findFirst();
    return found.orElseThrow(() -> new CaseFailed("no containerd has " + configuration));
  }

  /** containerd does not start any more once its configuration names the root. */
  void refuseTheRoot() throws IOException {
    Files.createFile(directory.resolve("broken"));
  }

  /** As a person does, before the restarts are counted. */
  void restart() throws IOException {
    Child.run(
            "systemctl",
            directory,
            Map.of(),
            List.of(directory.resolve("systemctl").toString(), "restart", "containerd.service"),
            COMMAND_LIMIT)
        .orFail();
    Files.writeString(directory.resolve("restarts"), "");
  }

  int restarts() throws IOException {
    return Files.readAllLines(directory.resolve("restarts")).size();
  }

  /** Runs {@code configure-containerd} where this is the host's {@code systemctl}. */
  Child.Finished configure(Node node, String... more) {
    String[] words = new String[6 + more.length];
    words[0] = "configure-containerd";
    words[1] = "--here";
    words[2] = "--root=" + node.containerd().certs();
    words[3] = "--state=" + directory.resolve("state");
    words[4] = "--seconds=15";
    words[5] = "--settle-seconds=2";
    System.arraycopy(more, 0, words, 6, more.length);
    String path = directory + ":" + System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
    return SwitchedOn.command(run, Map.of("PATH", path), words);
  }

  private void stop() throws IOException {
    long pid = Long.parseLong(Files.readString(directory.resolve("pid")).strip());
    ProcessHandle.of(pid)
        .filter(each -> each.info().command().orElse("").endsWith("/containerd"))
        .ifPresent(ProcessHandle::destroyForcibly);
  }
}
