package dev.tarn.agent;

import dev.tarn.agent.config.Configuration;
import dev.tarn.agent.config.ConfigurationLoader;
import dev.tarn.agent.follow.Following;
import dev.tarn.agent.follow.Verdict;
import dev.tarn.agent.logging.Logs;
import dev.tarn.agent.mirror.ProvingMirror;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The agent at work on a node of its own, in a temporary directory: what the JVM learns of its
 * classes meanwhile is kept by the launcher. It does what an agent does: puts entries beside those
 * of operators, corrects them, is asked for its metrics, and takes everything back.
 */
final class Training {
  private static final Duration LONGEST_STEP = Duration.ofSeconds(10);

  private Training() {}

  static int run(PrintStream out) {
    try {
      return train(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return ExitStatus.FAILURE;
    }
  }

  private static int train(PrintStream out) throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("tarn-agent-training");
    try (ProvingMirror mirror = new ProvingMirror(directory)) {
      Path file = node(directory, mirror.address());
      Configuration configuration = ConfigurationLoader.load(Optional.of(file), Map.of());
      try (Logs logs = Logs.start(configuration.logging(), out)) {
        return Run.run(
            configuration,
            new HostNode(configuration),
            logs,
            following -> visit(directory, configuration, following));
      }
    } finally {
      delete(directory);
    }
  }

  private static Path node(Path directory, String mirror) throws IOException {
    Path host = directory.resolve("host");
    Path etc = Files.createDirectories(host.resolve("etc/containerd"));
    Path docker = Files.createDirectories(etc.resolve("certs.d/docker.io"));
    Files.writeString(
        etc.resolve("config.toml"),
        """
        version = 2
        [plugins."io.containerd.grpc.v1.cri".registry]
          config_path = "/etc/containerd/certs.d"
        """);
    Files.writeString(
        docker.resolve("hosts.toml"),
        """
        server = "https://registry-1.docker.io"
        [host."https://harbor.example"]
          capabilities = ["pull", "resolve"]
        """);
    return Files.writeString(
        directory.resolve("agent.toml"),
        """
        mirror = "http://%s"
        directory = "%s"
        host = "%s"
        registries = ["docker.io", "quay.io"]
        pollInterval = "200ms"
        [logging]
        level = "info"
        """
            .formatted(mirror, directory, host));
  }

  private static void visit(Path directory, Configuration configuration, Following following) {
    Path hosts = directory.resolve("host/etc/containerd/certs.d/quay.io/hosts.toml");
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try {
                await(() -> Files.exists(hosts));
                Files.delete(hosts);
                await(() -> Files.exists(hosts));
                await(() -> following.verdict().orElse(null) instanceof Verdict.Effective);
                get(configuration);
                following.end(LONGEST_STEP);
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + LONGEST_STEP.toNanos();
    while (!condition.getAsBoolean() && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  private static void get(Configuration configuration) throws IOException {
    InetSocketAddress address =
        configuration.listen().map(listen -> listen.toSocketAddress()).orElseThrow();
    try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
      socket
          .getOutputStream()
          .write("GET /metrics HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      var _ = in.readAllBytes();
    }
  }

  private static void delete(Path directory) throws IOException {
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, IOException failure)
              throws IOException {
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
