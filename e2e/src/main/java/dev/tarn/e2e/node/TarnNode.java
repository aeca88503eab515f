package dev.tarn.e2e.node;

import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.http.Fetch;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Ports;
import dev.tarn.e2e.process.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** A real Tarn process on ports and a store of its own, which can die and come back. */
public final class TarnNode implements AutoCloseable {
  private static final Duration DRAIN_MARGIN = Duration.ofSeconds(15);
  private static final String EVERY_BUFFER_TRACKED = "-Dio.netty.leakDetection.level=paranoid";

  private final Workspace workspace;
  private final NodeConfig config;
  private final int port = Ports.free();
  private final int adminPort = Ports.free();
  private final Path store;
  private final Path configFile;
  private Child process;

  private TarnNode(Workspace workspace, NodeConfig config, Path configFile) throws Exception {
    this.workspace = workspace;
    this.config = config;
    this.configFile = configFile;
    this.store = workspace.makeDirectory("tarn-store");
    Files.writeString(configFile, config.yaml(port, adminPort, store));
    this.process = launch();
  }

  /** Starts one with an empty store; the workspace ends it. */
  public static TarnNode start(Workspace workspace, NodeConfig config) throws Exception {
    TarnNode node = new TarnNode(workspace, config, workspace.directory().resolve("tarn.yaml"));
    workspace.own(node);
    node.awaitReady();
    return node;
  }

  private Child launch() {
    return TarnProcess.start(
        workspace.directory(), configFile, EVERY_BUFFER_TRACKED, UnaryOperator.identity());
  }

  private void awaitReady() throws Exception {
    TarnProcess.awaitReady(process, admin("/readyz"));
  }

  /** SIGKILL. */
  public void kill() {
    process.kill();
  }

  /** SIGTERM, and waits for its end as long as it may drain. */
  public void terminate() {
    process.terminate(config.drainTimeout().plus(DRAIN_MARGIN));
  }

  /** Starts it again on the same ports and store. */
  public void startAgain() throws Exception {
    process = launch();
    awaitReady();
  }

  public boolean alive() {
    return process.alive();
  }

  public URI uri() {
    return URI.create("http://127.0.0.1:" + port);
  }

  public String authority() {
    return "127.0.0.1:" + port;
  }

  public InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  /** {@link #adminAddress}, as it is written. */
  public String adminAuthority() {
    return "127.0.0.1:" + adminPort;
  }

  /** Where it tells how it is. */
  public InetSocketAddress adminAddress() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), adminPort);
  }

  private URI admin(String path) {
    return URI.create("http://127.0.0.1:" + adminPort + path);
  }

  /** What /metrics says now. */
  public Metrics metrics() {
    try {
      return Metrics.parse(Fetch.text(admin("/metrics")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Path store() {
    return store;
  }

  /** The lines that it has logged so far. */
  public List<String> log() {
    return process.output().lines().toList();
  }

  /** The JVM, even where a launcher stays in front of it. */
  public ProcessFacts facts() {
    List<ProcessHandle> all = process.all();
    return new ProcessFacts(all.getLast().pid());
  }

  /** The files in the store whose path contains the text; some may vanish meanwhile. */
  public List<Path> storeFiles(String containing) {
    List<Path> found = new ArrayList<>();
    try {
      Files.walkFileTree(
          store,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              if (store.relativize(file).toString().contains(containing)) {
                found.add(file);
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException vanished) {
              return FileVisitResult.CONTINUE;
            }
          });
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    if (process.alive()) {
      String metrics =
          Fetch.statusOf(admin("/metrics")) == 200 ? Fetch.text(admin("/metrics")) : "";
      Files.writeString(workspace.directory().resolve("tarn-metrics.txt"), metrics);
    }
    process.close();
    failOnLeak();
  }

  /** A buffer that was not released is said in the log. */
  private void failOnLeak() throws IOException {
    Path log = workspace.directory().resolve("tarn.log");
    try (var lines = Files.lines(log)) {
      if (lines.anyMatch(line -> line.contains("LEAK:"))) {
        throw new CaseFailed("Tarn leaked a buffer, see " + log);
      }
    }
  }
}
