package dev.tarn.e2e.bench;

import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.node.TarnProcess;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Ports;
import dev.tarn.e2e.process.Workspace;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A Tarn process as its launcher starts it, in its default configuration but for what is named. */
final class Tarn {
  /** The registry's name in image references, which nobody but Tarn and containerd's files know. */
  static final String REGISTRY = "registry.test";

  private final Server server;
  private final int adminPort;
  private final Path store;

  private Tarn(Server server, int adminPort, Path store) {
    this.server = server;
    this.adminPort = adminPort;
    this.store = store;
  }

  /**
   * What differs from case to case.
   *
   * @param stall how long a body may make no progress
   * @param sections more of the configuration, whole sections, or nothing
   */
  record Settings(URI upstream, Duration stall, Wrapping wrapping, String sections) {
    static Settings of(URI upstream) {
      return new Settings(upstream, Duration.ofSeconds(10), Wrapping.NONE, "");
    }

    Settings withStall(Duration limit) {
      return new Settings(upstream, limit, wrapping, sections);
    }

    Settings wrapped(Wrapping by) {
      return new Settings(upstream, stall, by, sections);
    }

    Settings withSections(String more) {
      return new Settings(upstream, stall, wrapping, more);
    }
  }

  /** Starts one in a directory of that name and waits until it is ready. */
  static Tarn start(Workspace parent, String name, Settings settings) throws Exception {
    Workspace workspace = parent.child(name);
    int port = Ports.free();
    int adminPort = Ports.free();
    Path store = workspace.makeDirectory("store");
    Path config = workspace.directory().resolve("tarn.yaml");
    Files.writeString(config, config(settings, port, adminPort, store));
    Child process =
        workspace.own(TarnProcess.start(workspace.directory(), config, "", settings.wrapping()));
    Tarn tarn = new Tarn(new Server("tarn", port, process, true), adminPort, store);
    TarnProcess.awaitReady(process, tarn.ready());
    return tarn;
  }

  private static String config(Settings settings, int port, int adminPort, Path store) {
    return """
        registry:
          listen: 127.0.0.1:%d
          stallTimeout: %2$ds
        admin:
          listen: 127.0.0.1:%3$d
        store:
          path: %4$s
          minFree: 2%%
          reserveFree: 1%%
        upstream:
          stallTimeout: %2$ds
        registries:
          "%5$s":
            upstreams:
              - url: %6$s
            repositories:
              - pattern: "%7$s"
                maxAge: 1h
        """
            .formatted(
                port,
                settings.stall().toSeconds(),
                adminPort,
                store,
                REGISTRY,
                settings.upstream(),
                ServeBench.REPOSITORY)
        + settings.sections();
  }

  Server server() {
    return server;
  }

  URI ready() {
    return URI.create("http://127.0.0.1:" + adminPort + "/readyz");
  }

  int adminPort() {
    return adminPort;
  }

  Path store() {
    return store;
  }

  void awaitStored(String digest) throws Exception {
    String hex = digest.substring(digest.indexOf(':') + 1);
    Path file = store.resolve("blobs/sha256").resolve(hex.substring(0, 2)).resolve(hex);
    Await.until("Tarn has stored " + digest, Duration.ofSeconds(30), () -> Files.exists(file));
  }

  /** The bytes of all jars on its class path. */
  long jarBytes() throws IOException {
    List<String> command = server.use().command();
    int option = command.indexOf("-cp");
    if (option < 0) {
      throw new CaseFailed("no class path in " + command);
    }
    long bytes = 0;
    for (String entry : command.get(option + 1).split(":", -1)) {
      for (Path jar : jars(entry)) {
        bytes += Files.size(jar);
      }
    }
    return bytes;
  }

  private static List<Path> jars(String entry) throws IOException {
    if (!entry.endsWith("/*")) {
      return List.of(Path.of(entry));
    }
    List<Path> jars = new ArrayList<>();
    try (var files = Files.newDirectoryStream(Path.of(entry).resolveSibling(""), "*.jar")) {
      files.forEach(jars::add);
    }
    return jars;
  }
}
