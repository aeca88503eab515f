package dev.tarn.server;

import dev.tarn.server.config.Configuration;
import dev.tarn.server.config.ConfigurationLoader;
import dev.tarn.server.config.InvalidConfigurationException;
import dev.tarn.server.config.ListenAddress;
import dev.tarn.server.logging.Logs;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves until the process is told to end. Runs on the main thread. */
final class Serve {
  private static final Logger LOG = LoggerFactory.getLogger("tarn.node");

  private Serve() {}

  /**
   * Runs a node until a signal, or an interrupt of this thread, ends it.
   *
   * @param file the configuration; where empty, defaults and environment alone
   */
  static int run(
      Optional<Path> file, Map<String, String> environment, PrintStream out, PrintStream err) {
    return run(file, environment, out, err, _ -> {});
  }

  /** The same, and tells {@code serving} of the node once it serves. */
  static int run(
      Optional<Path> file,
      Map<String, String> environment,
      PrintStream out,
      PrintStream err,
      Consumer<Node> serving) {
    Configuration configuration;
    try {
      configuration = load(file, environment);
    } catch (InvalidConfigurationException e) {
      return refused(file, e, err);
    }
    try (Logs logs = Logs.start(configuration.logging(), out)) {
      return serve(configuration, logs, serving);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return ExitStatus.OK;
    }
  }

  static Configuration load(Optional<Path> file, Map<String, String> environment) {
    return file.isPresent()
        ? ConfigurationLoader.load(file.get(), environment)
        : ConfigurationLoader.withoutFile(environment);
  }

  /** Says what is wrong with the configuration. */
  static int refused(Optional<Path> file, InvalidConfigurationException refusal, PrintStream err) {
    err.println(
        "tarn: the configuration" + file.map(path -> " " + path).orElse("") + " is not valid:");
    refusal.problems().forEach(problem -> err.println("  " + problem));
    return ExitStatus.CONFIGURATION;
  }

  private static int serve(Configuration configuration, Logs logs, Consumer<Node> serving)
      throws InterruptedException {
    CountDownLatch closed = new CountDownLatch(1);
    try (Node node = Node.start(configuration, Main.version())) {
      Thread hook = new Thread(() -> stop(node, logs, closed), "tarn-shutdown");
      Runtime.getRuntime().addShutdownHook(hook);
      node.watchLog(logs::dropped);
      started(configuration, node);
      serving.accept(node);
      try {
        closed.await();
      } finally {
        remove(hook);
      }
      return ExitStatus.OK;
    } catch (IOException | RuntimeException e) {
      LOG.atError().setMessage("start_failed").setCause(e).log();
      return ExitStatus.FAILURE;
    }
  }

  private static void started(Configuration configuration, Node node) {
    Instant now = Instant.now();
    Duration startUp =
        ProcessHandle.current()
            .info()
            .startInstant()
            .map(start -> Duration.between(start, now))
            .orElse(Duration.ZERO);
    LOG.atInfo()
        .setMessage("serving")
        .addKeyValue("version", Main.version())
        .addKeyValue("registry", text(node.registryAddress()))
        .addKeyValue("admin", text(node.adminAddress()))
        .addKeyValue("store", configuration.store().path())
        .addKeyValue("registries", configuration.registries().size())
        .addKeyValue("startUpMs", startUp.toMillis())
        .log();
  }

  private static ListenAddress text(InetSocketAddress address) {
    return new ListenAddress(address.getAddress().getHostAddress(), address.getPort());
  }

  /** Runs on the shutdown hook's thread; the process ends when it returns. */
  private static void stop(Node node, Logs logs, CountDownLatch closed) {
    LOG.atInfo().setMessage("stopping").log();
    node.close();
    LOG.atInfo().setMessage("stopped").log();
    logs.close();
    closed.countDown();
  }

  private static void remove(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException _) {
      // The process is ending: the hook runs already.
    }
  }
}
