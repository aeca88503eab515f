package dev.tarn.agent;

import dev.tarn.agent.canary.CanaryTraces;
import dev.tarn.agent.config.Configuration;
import dev.tarn.agent.config.ConfigurationLoader;
import dev.tarn.agent.config.InvalidConfigurationException;
import dev.tarn.agent.config.LoopbackAddress;
import dev.tarn.agent.follow.Companion;
import dev.tarn.agent.follow.Following;
import dev.tarn.agent.follow.Node;
import dev.tarn.agent.follow.Uninstall;
import dev.tarn.agent.follow.Verdict;
import dev.tarn.agent.logging.Logs;
import dev.tarn.agent.metrics.Endpoint;
import dev.tarn.agent.mirror.Mirror;
import dev.tarn.agent.mirror.SharedDirectory;
import dev.tarn.agent.mirror.UpstreamsFile;
import dev.tarn.agent.tree.HostsTree;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows the node until the process is told to end. Runs on the main thread. */
final class Run {
  private static final Logger LOG = LoggerFactory.getLogger("tarn.agent");
  private static final Duration QUESTION = Duration.ofSeconds(2);

  /**
   * A question that is under way, the end itself, and the last question; and something to spare.
   */
  private static final Duration END = Duration.ofSeconds(10);

  private Run() {}

  /** Runs the agent with {@code options} that go before those in {@code file}. */
  static int run(
      Optional<Path> file, Map<String, List<String>> options, PrintStream out, PrintStream err) {
    Configuration configuration;
    try {
      configuration = ConfigurationLoader.load(file, options);
    } catch (InvalidConfigurationException e) {
      return refused(file, e, err);
    }
    if (configuration.registries().isEmpty()) {
      err.println(
          "containerd-config-agent: registries: name those that the mirror serves, such as"
              + " registries = [\"docker.io\"]; [] takes every entry back");
      return ExitStatus.CONFIGURATION;
    }
    try (Logs logs = Logs.start(configuration.logging(), out)) {
      return run(configuration, new HostNode(configuration), logs, _ -> {});
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return ExitStatus.OK;
    }
  }

  /** Says what is wrong with the configuration. */
  static int refused(Optional<Path> file, InvalidConfigurationException refusal, PrintStream err) {
    String which = file.map(path -> " " + path).orElse("");
    err.println("containerd-config-agent: the configuration" + which + " is not valid:");
    refusal.problems().forEach(problem -> err.println("  " + problem));
    return ExitStatus.CONFIGURATION;
  }

  /** The same, and tells {@code running} of it when it begins. */
  static int run(
      Configuration configuration, Node node, AutoCloseable logs, Consumer<Following> running)
      throws InterruptedException {
    SecureRandom random = new SecureRandom();
    SharedDirectory shared = new SharedDirectory(configuration.directory(), random);
    LoopbackAddress address = configuration.mirror();
    Mirror mirror =
        new Mirror(address.toString(), address.toSocketAddress(), shared, random, QUESTION);
    for (CanaryTraces.Outcome left : clearTraces(node)) {
      LOG.atInfo().setMessage("canary_left").addKeyValue("entry", left.what()).log();
    }
    List<Companion> companions =
        configuration.canary().enabled() || configuration.taint().enabled()
            ? OptionalParts.of(configuration, node, random, System.getenv())
            : List.of();
    Following following =
        new Following(
            configuration, node, mirror, new UpstreamsFile(shared), Main.version(), companions);
    Optional<Endpoint> endpoint = serve(configuration, following);
    Thread hook = new Thread(() -> end(following, companions, logs), "shutdown");
    Runtime.getRuntime().addShutdownHook(hook);
    LOG.atInfo()
        .setMessage("following")
        .addKeyValue("version", Main.version())
        .addKeyValue("mirror", configuration.mirrorUrl())
        .addKeyValue("registries", configuration.registries().orElse(List.of()).size())
        .log();
    running.accept(following);
    try {
      return following.run() ? ExitStatus.OK : ExitStatus.FAILURE;
    } catch (RuntimeException e) {
      LOG.atError().setMessage("failed").setCause(e).log();
      companions.forEach(Companion::close);
      giveUp(node);
      return ExitStatus.FAILURE;
    } finally {
      companions.forEach(Companion::close);
      endpoint.ifPresent(Endpoint::close);
      remove(hook);
    }
  }

  /** What is left of a pull of the canary, under any root; of whatever agent, and always first. */
  static List<CanaryTraces.Outcome> clearTraces(Node node) {
    List<CanaryTraces.Outcome> outcomes = new ArrayList<>();
    for (String root : node.containerd(Optional.empty()).roots()) {
      Path here = node.here(root);
      // Nearly always there is nothing, and then nothing is loaded for it.
      if (Files.exists(here.resolve(HostsTree.CANARY))
          || Files.exists(here.resolve("." + HostsTree.CANARY))) {
        CanaryTraces.remove(here).ifPresent(outcomes::add);
      }
    }
    return outcomes;
  }

  /** Nobody follows any more: what stands would stand for ever. */
  private static void giveUp(Node node) {
    List<CanaryTraces.Outcome> _ = clearTraces(node);
    Uninstall.Outcome outcome = Uninstall.run(node, node.containerd(Optional.empty()).roots());
    for (String line : outcome.lines()) {
      LOG.atWarn().setMessage("given_up").addKeyValue("entry", line).log();
    }
  }

  private static Optional<Endpoint> serve(Configuration configuration, Following following) {
    if (configuration.listen().isEmpty()) {
      return Optional.empty();
    }
    Map<String, Supplier<Endpoint.Answer>> pages =
        Map.of(
            "/metrics", () -> new Endpoint.Answer(200, following.metrics()),
            "/healthz", () -> health(following),
            "/verdict", () -> verdict(following));
    return Optional.of(Endpoint.start(configuration.listen().get().toSocketAddress(), pages));
  }

  private static Endpoint.Answer health(Following following) {
    return following.isAlive()
        ? new Endpoint.Answer(200, "ok\n")
        : new Endpoint.Answer(503, "stuck\n");
  }

  /** The word, the reason, and what to do, a line each. */
  private static Endpoint.Answer verdict(Following following) {
    String body =
        switch (following.verdict().orElse(new Verdict.Unknown("it just began", "wait"))) {
          case Verdict.Effective(String why) -> "effective\n" + why + "\n";
          case Verdict.Ineffective(String why, String fix) ->
              "ineffective\n" + why + "\n" + fix + "\n";
          case Verdict.Unknown(String why, String tell) -> "unknown\n" + why + "\n" + tell + "\n";
        };
    return new Endpoint.Answer(200, body);
  }

  /** Runs on the shutdown hook's thread; the process ends when it returns. */
  private static void end(Following following, List<Companion> companions, AutoCloseable logs) {
    try {
      LOG.atInfo().setMessage("ending").log();
      companions.forEach(Companion::close);
      boolean done = following.end(END);
      LOG.atInfo().setMessage("ended").addKeyValue("inTime", done).log();
      logs.close();
    } catch (Exception e) {
      LOG.atError().setMessage("end_failed").setCause(e).log();
    }
  }

  /** The hook is not needed any more. */
  static void remove(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException _) {
      // The process is ending: the hook runs already.
    }
  }
}
