package dev.tarn.agent.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tarn.agent.cri.RealContainerd;
import dev.tarn.agent.files.HostRoot;
import dev.tarn.agent.setup.HostCommands.Outcome;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** The command with a real containerd, and a systemd that the test plays. */
@Execution(ExecutionMode.CONCURRENT)
class ConfigureContainerdTest {
  @TempDir private Path directory;

  private final StringWriter out = new StringWriter();

  static List<Path> programs() {
    return RealContainerd.programs().toList();
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("programs")
  void containerdRunsWithTheChangeAfterOneRestart(Path program) throws Exception {
    String before = writeConfiguration(program);
    try (RealContainerd containerd = RealContainerd.start(program, directory)) {
      Systemd systemd = new Systemd(program, containerd);

      assertThat(configure(systemd, "--print")).isEqualTo(1);
      assertThat(out.toString())
          .contains("+  config_path = \"/etc/containerd/certs.d\"")
          .contains("systemctl restart containerd.service");
      assertThat(systemd.restarts).isZero();
      assertThat(directory.resolve("config.toml")).hasContent(before);

      assertThat(configure(systemd)).isZero();
      assertThat(out.toString()).contains("done: ");
      assertThat(systemd.restarts).isEqualTo(1);

      assertThat(configure(systemd)).isZero();
      assertThat(out.toString()).contains("nothing to do: ");
      assertThat(systemd.restarts).isEqualTo(1);
    }
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("programs")
  void containerdThatDoesNotComeBackRunsWithWhatItHad(Path program) throws Exception {
    String before = writeConfiguration(program);
    try (RealContainerd containerd = RealContainerd.start(program, directory)) {
      Systemd systemd = new Systemd(program, containerd);
      systemd.failures = 1;

      assertThat(configure(systemd)).isEqualTo(3);
      assertThat(out.toString()).contains("taken back: ").contains("containerd is well");
      assertThat(directory.resolve("config.toml")).hasContent(before);
      assertThat(directory.resolve("conf.d")).isEmptyDirectory();
      assertThat(systemd.restarts).isEqualTo(2);

      assertThat(configure(systemd)).isEqualTo(1);
      assertThat(out.toString()).contains("tried before");
      assertThat(systemd.restarts).isEqualTo(2);
      assertThat(configure(systemd, "--again")).isZero();
    }
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("programs")
  void theConfigurationThatTheUnitNamesIsMeant(Path program) throws Exception {
    writeConfiguration(program);
    try (RealContainerd containerd = RealContainerd.start(program, directory)) {
      assertThat(configure(new Systemd(program, containerd), "--config", "/etc/other.toml"))
          .isEqualTo(1);
      assertThat(out.toString()).contains("starts containerd with " + directory);
    }
  }

  /** A configuration with the drop-in directory that 2.x can use, and comments. */
  private String writeConfiguration(Path program) throws Exception {
    int version = RealContainerd.version(program) < 200 ? 2 : 3;
    Path dropIns = Files.createDirectory(directory.resolve("conf.d"));
    String text =
        "# by hand\nimports = [\""
            + dropIns
            + "/*.toml\"]\n"
            + RealContainerd.configuration(directory, version)
            + RealContainerd.images(version);
    Files.writeString(directory.resolve("config.toml"), text);
    return text;
  }

  private int configure(Systemd systemd, String... more) throws IOException {
    assumeTrue(Files.isDirectory(Path.of("/run")));
    ConfigureContainerd command = new ConfigureContainerd();
    List<String> words = new ArrayList<>(List.of("--state", directory.resolve("state").toString()));
    words.addAll(List.of("--seconds", "15", "--settle-seconds", "1"));
    words.addAll(List.of(more));
    new CommandLine(command).parseArgs(words.toArray(String[]::new));
    return command.run(new PrintWriter(out, true), HostRoot.HERE, systemd);
  }

  /** Restarts the test's containerd; everything but systemctl is run. */
  private final class Systemd implements HostCommands {
    private final Processes processes = new Processes(List.of());
    private final Path program;
    private final RealContainerd containerd;
    int restarts;

    /** That many restarts fail. */
    int failures;

    Systemd(Path program, RealContainerd containerd) {
      this.program = program;
      this.containerd = containerd;
    }

    @Override
    public Outcome run(List<String> command, Duration limit) {
      if (!command.getFirst().equals("systemctl")) {
        return processes.run(command, limit);
      }
      String words = String.join(" ", command.subList(1, command.size() - 1));
      return switch (words) {
        case "restart" -> restart();
        case "is-active" -> new Outcome(containerd.alive() ? 0 : 3, "", "");
        case "show --property=LoadState" -> new Outcome(0, "LoadState=loaded\n", "");
        case "show --property=InvocationID" ->
            new Outcome(0, "InvocationID=" + containerd.pid() + "\n", "");
        case "show --property=ExecStart" ->
            new Outcome(
                0,
                "ExecStart={ path=%1$s ; argv[]=%1$s --config %2$s/config.toml ; pid=1 }\n"
                    .formatted(program, directory),
                "");
        default -> throw new AssertionError(command);
      };
    }

    private Outcome restart() {
      restarts++;
      try {
        containerd.close();
        if (failures-- > 0) {
          return new Outcome(1, "", "Job for containerd.service failed.");
        }
        containerd.restart();
        return new Outcome(0, "", "");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
