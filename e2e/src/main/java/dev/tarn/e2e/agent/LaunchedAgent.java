package dev.tarn.e2e.agent;

import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.http.Fetch;
import dev.tarn.e2e.node.Metrics;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Ports;
import dev.tarn.e2e.process.Tools;
import dev.tarn.e2e.process.Workspace;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The agent as its launcher starts it, in a container, on ports of its own. Calls block. */
final class LaunchedAgent {
  /** How long Tarn may be away. */
  static final Duration GRACE = Duration.ofSeconds(4);

  static final Duration POLL = Duration.ofMillis(500);

  private static final Duration START_LIMIT = Duration.ofSeconds(40);
  private static final Duration END_LIMIT = Duration.ofSeconds(30);
  private static final Duration OPINION_LIMIT = Duration.ofSeconds(15);
  private static final Duration CANARY_LIMIT = Duration.ofMinutes(2);
  private static final Duration INSPECT_LIMIT = Duration.ofSeconds(30);
  private static final String PREFIX = "containerd_config_agent_";

  private final String name;
  private final Path directory;
  private final Path config;
  private final boolean hasRoots;
  private final List<String> container;
  private final int port = Ports.free();
  private @Nullable Child process;

  /**
   * Makes one that does not run yet.
   *
   * @param name of its files, where a node has several
   */
  LaunchedAgent(Workspace workspace, String name, Node node) throws IOException {
    this.name = name;
    this.directory = workspace.directory();
    this.config = directory.resolve(name + ".toml");
    this.hasRoots = node.kind().hasRoots();
    this.container = Container.enter(node.mounts(), node.shared());
    configure(node, List.of(node.name()));
    workspace.own(this::stop);
  }

  /** From its next start on, it is for these registries. */
  void configure(Node node, List<String> registries) throws IOException {
    String quoted = String.join(", ", registries.stream().map(each -> "\"" + each + "\"").toList());
    Files.writeString(
        config,
        """
        mirror = "%s"
        directory = "%s"
        registries = [%s]
        host = "%s"
        graceTime = "%ds"
        pollInterval = "%dms"
        listen = "127.0.0.1:%d"

        [containerd]
        config = "%s"
        version = "%s"
        """
            .formatted(
                node.tarn().uri(),
                node.shared(),
                quoted,
                Container.HOST,
                GRACE.toSeconds(),
                POLL.toMillis(),
                port,
                node.containerd().configuration(),
                node.kind().release().version()));
  }

  private static String launcher() {
    return System.getenv().getOrDefault("TARN", Tools.repository().resolve("tarn").toString());
  }

  private List<String> command(String verb, String... options) {
    List<String> command = new ArrayList<>(container);
    command.addAll(List.of(launcher(), "agent", verb));
    command.addAll(List.of(options));
    return command;
  }

  /** Starts it without waiting for anything. */
  void launch() {
    process = Child.start(name, directory, Map.of(), command("run", "--config", config.toString()));
  }

  /** Starts it, and waits until it has looked at the node and at Tarn. */
  void start() throws Exception {
    launch();
    awaitSettled();
  }

  /** Waits until it has looked at the node and at Tarn. */
  void awaitSettled() throws Exception {
    Await.until("the agent has made up its mind, see " + name + ".log", START_LIMIT, this::settled);
  }

  /** Waits until it had so many answers of a kind. */
  void awaitAnswers(String kind, int count) throws Exception {
    Await.until(
        count + " times the answer of a " + kind + ", see " + name + ".log",
        START_LIMIT,
        () ->
            Fetch.statusOf(uri("/metrics")) == 200
                && metrics().sum(PREFIX + "mirror_answers_total", "answer=\"" + kind + "\"")
                    >= count);
  }

  /** Waits until the entry stands, or does not; there is nothing to wait for where it ended. */
  void awaitEntry(Node node, boolean standing, Duration limit) throws Exception {
    Await.until(
        standing ? "the entry stands" : "the entry is withdrawn",
        limit,
        () -> {
          if (node.stands() == standing) {
            return true;
          }
          if (!running().alive()) {
            throw new CaseFailed("the agent ended; " + running().tail());
          }
          return false;
        });
  }

  private boolean settled() throws IOException {
    if (!running().alive()) {
      throw new CaseFailed("the agent ended; " + running().tail());
    }
    if (Fetch.statusOf(uri("/metrics")) != 200) {
      return false;
    }
    Metrics metrics = metrics();
    double answers = metrics.sum(PREFIX + "mirror_answers_total", "answer=\"ready\"");
    boolean decided =
        metrics.sum(PREFIX + "entries") > 0
            || metrics.sum(PREFIX + "entry_left_alone") > 0
            || metrics.sum(PREFIX + "failures_total") > 0
            || (!hasRoots && says() == Says.INEFFECTIVE);
    return answers >= 2 && decided;
  }

  /** What it says now of whether containerd comes to the mirror. */
  Says says() {
    try {
      String word = Fetch.text(uri("/verdict")).lines().findFirst().orElse("");
      return switch (word) {
        case "effective" -> Says.EFFECTIVE;
        case "ineffective" -> Says.INEFFECTIVE;
        case "unknown" -> Says.UNKNOWN;
        default -> throw new CaseFailed("the agent says: " + word);
      };
    } catch (IOException away) {
      return Says.NOTHING;
    }
  }

  /** Waits until it says so: it may take a moment to learn of a request. */
  void awaitSays(Says expected) throws Exception {
    Await.until("the agent says: " + expected, OPINION_LIMIT, () -> says() == expected);
  }

  /** What its command says that only looks, also by its exit status. */
  Says inspect(Node node) {
    List<String> command =
        command(
            "inspect",
            "--output=json",
            "--host=" + Container.HOST,
            "--containerd-config=" + node.containerd().configuration(),
            "--containerd-version=" + node.kind().release().version(),
            "--mirror=" + node.tarn().uri(),
            node.name());
    Child.Finished inspect = Child.run("inspect", directory, Map.of(), command, INSPECT_LIMIT);
    Says said =
        switch (inspect.status()) {
          case 0 -> Says.EFFECTIVE;
          case 1 -> Says.INEFFECTIVE;
          case 3 -> Says.UNKNOWN;
          case 4 -> Says.PARTIAL;
          default -> throw new CaseFailed("inspect ended so: " + inspect);
        };
    if (!inspect.output().contains("\"outcome\": \"" + said + "\"")) {
      throw new CaseFailed("inspect says one thing and ends with another: " + inspect);
    }
    return said;
  }

  Metrics metrics() throws IOException {
    return Metrics.parse(Fetch.text(uri("/metrics")));
  }

  /** Runs its command that takes everything back, whatever has become of the agent. */
  void uninstall() {
    List<String> command = command("uninstall", "--config", config.toString());
    Child.run("uninstall", directory, Map.of(), command, END_LIMIT).orFail();
  }

  /** One pull of the canary, by hand. */
  Child.Finished canary() {
    List<String> command = command("canary", "--config", config.toString());
    return Child.run("canary", directory, Map.of(), command, CANARY_LIMIT);
  }

  boolean alive() {
    return process != null && process.alive();
  }

  /** SIGKILL. */
  void kill() {
    running().kill();
  }

  /** SIGTERM, and waits for its end. */
  void terminate() {
    running().terminate(END_LIMIT);
  }

  private void stop() {
    if (process != null) {
      process.close();
    }
  }

  private Child running() {
    if (process == null) {
      throw new IllegalStateException(name + " was not started");
    }
    return process;
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }
}
