package dev.tarn.e2e.agent;

import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.cluster.Certificates;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Ports;
import dev.tarn.e2e.process.Tools;
import dev.tarn.e2e.process.Workspace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A docker-registry behind a certificate that only a private authority vouches for. */
final class Secured {
  private static final Duration START_LIMIT = Duration.ofSeconds(20);

  private final int port;
  private final Path authority;
  private final Child process;

  private Secured(int port, Path authority, Child process) {
    this.port = port;
    this.authority = authority;
    this.process = process;
  }

  /** Starts one over files that another registry has, too. */
  static Secured start(Workspace workspace, Path files) throws Exception {
    Certificates certificates = Certificates.create(workspace.makeDirectory("authority"));
    Certificates.Identity identity =
        certificates.issue(
            List.of("IP:127.0.0.1"),
            "127.0.0.1",
            workspace.makeDirectory("secured-tls"),
            Certificates.Validity.now());
    int port = Ports.free();
    Path config = workspace.directory().resolve("secured.yml");
    Files.writeString(config, config(port, files, identity));
    Child process =
        workspace.own(
            Child.start(
                "secured",
                workspace.directory(),
                Map.of(),
                List.of(
                    Tools.onPath("docker-registry").orElseThrow().toString(),
                    "serve",
                    config.toString())));
    Await.until("the registry behind TLS listens", START_LIMIT, () -> listens(port));
    return new Secured(port, identity.authority(), process);
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException refused) {
      return false;
    }
  }

  private static String config(int port, Path files, Certificates.Identity identity) {
    return """
    version: 0.1
    log:
      level: warn
    storage:
      filesystem:
        rootdirectory: %s
    http:
      addr: 127.0.0.1:%d
      relativeurls: true
      tls:
        certificate: %s
        key: %s
    """
        .formatted(files, port, identity.certificate(), identity.key());
  }

  URI uri() {
    return URI.create("https://127.0.0.1:" + port);
  }

  /** The certificate of the authority. */
  Path authority() {
    return authority;
  }

  /** Whether somebody who calls himself so asked for anything of a repository. */
  boolean wasAsked(String repository, String userAgent) {
    return process
        .output()
        .lines()
        .anyMatch(line -> line.contains("/v2/" + repository + "/") && line.contains(userAgent));
  }
}
