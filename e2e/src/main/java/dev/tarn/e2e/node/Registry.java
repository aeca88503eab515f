package dev.tarn.e2e.node;

import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.http.Fetch;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Ports;
import dev.tarn.e2e.process.Tools;
import dev.tarn.e2e.process.Workspace;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * A real registry of the suites' own: Debian's docker-registry, or olareg where referrers matter.
 */
public final class Registry {
  private static final Duration START_LIMIT = Duration.ofSeconds(20);
  private static final String LOOPBACK = "127.0.0.1";

  private final String host;
  private final int port;
  private final Child process;

  private Registry(String host, int port, Child process) {
    this.host = host;
    this.port = port;
    this.process = process;
  }

  /** Debian's docker-registry on loopback with its files in the workspace. */
  public static Registry docker(Workspace workspace) throws Exception {
    Path files = workspace.makeDirectory("registry");
    return docker(workspace, "registry", files, LOOPBACK, UnaryOperator.identity());
  }

  /**
   * Debian's docker-registry.
   *
   * @param name of its files in the workspace, where there are several of them
   * @param files the directory of its content, which several of them may share
   * @param wrapping what becomes of its command
   */
  public static Registry docker(
      Workspace workspace,
      String name,
      Path files,
      String host,
      UnaryOperator<List<String>> wrapping)
      throws Exception {
    int port = Ports.free();
    Path config = workspace.directory().resolve(name + ".yml");
    Files.writeString(config, config(host, port, files));
    return ready(workspace, name, host, port, wrapping.apply(dockerCommand(config)), 200);
  }

  /**
   * Debian's docker-registry on loopback, which writes down every answer in Apache's combined
   * format among what it prints.
   */
  public static Registry dockerThatLogs(Workspace workspace, String name, Path files)
      throws Exception {
    int port = Ports.free();
    Path config = workspace.directory().resolve(name + ".yml");
    Files.writeString(
        config, config(LOOPBACK, port, files).replace("disabled: true", "disabled: false"));
    return ready(workspace, name, LOOPBACK, port, dockerCommand(config), 200);
  }

  /**
   * Debian's docker-registry on loopback for whoever has a name and a password.
   *
   * @param passwords lines of an htpasswd file with bcrypt hashes
   */
  public static Registry docker(Workspace workspace, String name, Path files, String passwords)
      throws Exception {
    int port = Ports.free();
    Path file = workspace.directory().resolve(name + ".htpasswd");
    Files.writeString(file, passwords);
    Path config = workspace.directory().resolve(name + ".yml");
    Files.writeString(
        config,
        config(LOOPBACK, port, files)
            + "auth:\n  htpasswd:\n    realm: test\n    path: "
            + file
            + "\n");
    return ready(workspace, name, LOOPBACK, port, dockerCommand(config), 401);
  }

  /**
   * Debian's docker-registry on loopback for whoever has a token.
   *
   * @param realm where its challenges send for one
   * @param service what it is called there
   * @param certificate of whom it believes tokens, in PEM
   */
  public static Registry docker(
      Workspace workspace,
      String name,
      Path files,
      URI realm,
      String service,
      String issuer,
      Path certificate)
      throws Exception {
    int port = Ports.free();
    Path config = workspace.directory().resolve(name + ".yml");
    Files.writeString(
        config,
        config(LOOPBACK, port, files)
            + """
            auth:
              token:
                realm: %s
                service: %s
                issuer: %s
                rootcertbundle: %s
            """
                .formatted(realm, service, issuer, certificate));
    return ready(workspace, name, LOOPBACK, port, dockerCommand(config), 401);
  }

  private static List<String> dockerCommand(Path config) {
    return List.of(
        Tools.onPath("docker-registry").orElseThrow().toString(), "serve", config.toString());
  }

  /** An olareg on loopback that keeps everything in memory. */
  public static Registry olareg(Workspace workspace) throws Exception {
    int port = Ports.free();
    return ready(
        workspace,
        "registry",
        LOOPBACK,
        port,
        List.of(
            Tools.build("olareg").resolve("olareg").toString(),
            "serve",
            "--addr",
            LOOPBACK,
            "--port",
            Integer.toString(port),
            "--store-type",
            "mem"),
        200);
  }

  private static Registry ready(
      Workspace workspace, String name, String host, int port, List<String> command, int status)
      throws Exception {
    Child process = workspace.own(Child.start(name, workspace.directory(), Map.of(), command));
    Registry registry = new Registry(host, port, process);
    Await.until(
        "the registry answers; " + process.tail(),
        START_LIMIT,
        () -> process.alive() && Fetch.statusOf(registry.uri().resolve("/v2/")) == status);
    return registry;
  }

  private static String config(String host, int port, Path files) {
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
      addr: %s:%d
      relativeurls: true
    """
        .formatted(files, host, port);
  }

  public URI uri() {
    return URI.create("http://" + host + ":" + port);
  }

  public InetSocketAddress address() {
    return new InetSocketAddress(host, port);
  }

  public int port() {
    return port;
  }

  public Child process() {
    return process;
  }
}
