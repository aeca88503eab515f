package dev.tarn.agent.setup;

import dev.tarn.agent.setup.HostCommands.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** containerd's unit of systemd. */
final class Unit {
  private static final Duration ASK_LIMIT = Duration.ofSeconds(20);
  private static final Duration RESTART_LIMIT = Duration.ofMinutes(3);

  private final HostCommands commands;
  private final String name;

  Unit(HostCommands commands, String name) {
    this.commands = commands;
    this.name = name;
  }

  /** What an operator would type. */
  List<String> restartCommand() {
    return List.of("systemctl", "restart", name);
  }

  Outcome restart() {
    return commands.run(restartCommand(), RESTART_LIMIT);
  }

  boolean isActive() {
    return commands.run(List.of("systemctl", "is-active", name), ASK_LIMIT).succeeded();
  }

  /** Which start of it this is; each has another. Empty where systemd does not tell. */
  String invocation() {
    return property("InvocationID");
  }

  /** Why it cannot be restarted here, or empty. */
  Optional<String> missing() {
    Outcome asked =
        commands.run(List.of("systemctl", "show", "--property=LoadState", name), ASK_LIMIT);
    if (!asked.succeeded()) {
      return Optional.of("systemctl does not work on the host: " + asked.complaint());
    }
    return asked.out().strip().equals("LoadState=loaded")
        ? Optional.empty()
        : Optional.of("systemd has no unit " + name + " (" + asked.out().strip() + ")");
  }

  /** What it starts. */
  Start start() {
    return Start.parse(property("ExecStart"));
  }

  private String property(String property) {
    Outcome asked =
        commands.run(List.of("systemctl", "show", "--property=" + property, name), ASK_LIMIT);
    String text = asked.out().strip();
    return asked.succeeded() && text.startsWith(property + "=")
        ? text.substring(property.length() + 1)
        : "";
  }

  /**
   * What its {@code ExecStart} says.
   *
   * @param program the path of the program
   * @param config the configuration that it is told of
   */
  record Start(Optional<String> program, Optional<String> config) {
    /** {@code { path=/usr/bin/containerd ; argv[]=/usr/bin/containerd --config /x ; … }}. */
    static Start parse(String property) {
      Optional<String> program = Optional.empty();
      Optional<String> config = Optional.empty();
      for (String part : property.replace("{", "").split(";", -1)) {
        String field = part.strip();
        if (field.startsWith("path=")) {
          program = Optional.of(field.substring("path=".length()));
        } else if (field.startsWith("argv[]=")) {
          config = config(List.of(field.substring("argv[]=".length()).split(" +", -1)));
        }
      }
      return new Start(program, config);
    }

    private static Optional<String> config(List<String> words) {
      for (int i = 0; i < words.size(); i++) {
        String word = words.get(i);
        boolean takesNext = word.equals("--config") || word.equals("-config") || word.equals("-c");
        if (takesNext && i + 1 < words.size()) {
          return Optional.of(words.get(i + 1));
        }
        for (String flag : List.of("--config=", "-config=", "-c=")) {
          if (word.startsWith(flag)) {
            return Optional.of(word.substring(flag.length()));
          }
        }
      }
      return Optional.empty();
    }
  }
}
