package dev.tarn.e2e.agent;

import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Tools;
import dev.tarn.e2e.run.CaseRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Configurations and commands of the agent's parts that are off by default. */
final class SwitchedOn {
  private static final Duration COMMAND_LIMIT = Duration.ofMinutes(2);

  private SwitchedOn() {}

  /** The canary, at the socket that containerd's configuration names. */
  static void byConfiguration(CaseRun run, String name) throws IOException {
    Path config = run.workspace().directory().resolve(name + ".toml");
    Files.writeString(config, Files.readString(config) + "\n[canary]\nenabled = true\n");
  }

  /** The canary, at a root and a socket that are given; containerd's configuration is not read. */
  static void byRoot(CaseRun run, String name, Node node) throws IOException {
    Path config = run.workspace().directory().resolve(name + ".toml");
    String text = Files.readString(config);
    String before = text.substring(0, text.indexOf("[containerd]"));
    Files.writeString(
        config,
        before
            + """
            [containerd]
            roots = ["%s"]

            [canary]
            enabled = true
            socket = "%s"
            """
                .formatted(node.containerd().certs(), socket(node)));
  }

  /** Where the node's containerd listens. */
  static Path socket(Node node) {
    return node.containerd().configuration().resolveSibling("s").resolve("c.sock");
  }

  /** Runs a command of the agent on the host itself to its end, in the case's directory. */
  static Child.Finished command(CaseRun run, Map<String, String> environment, String... words) {
    String launcher =
        System.getenv().getOrDefault("TARN", Tools.repository().resolve("tarn").toString());
    List<String> command = new ArrayList<>(List.of(launcher, "agent"));
    command.addAll(List.of(words));
    return Child.run(words[0], run.workspace().directory(), environment, command, COMMAND_LIMIT);
  }
}
