package dev.tarn.e2e.node;

import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.http.Fetch;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Ports;
import dev.tarn.e2e.process.Tools;
import dev.tarn.e2e.process.Workspace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A real registry of the suites' own: Debian's docker-registry, or olareg where referrers matter.
 */
public final class Registry {
  private static final Duration START_LIMIT = Duration.ofSeconds(20);

  private final int port;

  private Registry(int port) {
    this.port = port;
  }

  /** Debian's docker-registry with its files in the workspace. */
  public static Registry docker(Workspace workspace) throws Exception {
    int port = Ports.free();
    Path files = workspace.makeDirectory("registry");
    Path config = workspace.directory().resolve("registry.yml");
    Files.writeString(config, config(port, files));
    return ready(
        workspace,
        port,
        List.of(
            Tools.onPath("docker-registry").orElseThrow().toString(), "serve", config.toString()));
  }

  /** An olareg that keeps everything in memory. */
  public static Registry olareg(Workspace workspace) throws Exception {
    int port = Ports.free();
    return ready(
        workspace,
        port,
        List.of(
            Tools.build("olareg").resolve("olareg").toString(),
            "serve",
            "--addr",
            "127.0.0.1",
            "--port",
            Integer.toString(port),
            "--store-type",
            "mem"));
  }

  private static Registry ready(Workspace workspace, int port, List<String> command)
      throws Exception {
    Registry registry = new Registry(port);
    Child process =
        workspace.own(Child.start("registry", workspace.directory(), Map.of(), command));
    Await.until(
        "the registry answers; " + process.tail(),
        START_LIMIT,
        () -> process.alive() && Fetch.statusOf(registry.uri().resolve("/v2/")) == 200);
    return registry;
  }

  private static String config(int port, Path files) throws IOException {
    return """
        version: 0.1
        log:
          level: warn
          accesslog:
            disabled: true
        storage:
          filesystem:
            rootdirectory: %s
          delete:
            enabled: true
        http:
          addr: 127.0.0.1:%d
          relativeurls: true
        """
        .formatted(files, port);
  }

  public URI uri() {
    return URI.create("http://127.0.0.1:" + port);
  }

  public InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }
}
