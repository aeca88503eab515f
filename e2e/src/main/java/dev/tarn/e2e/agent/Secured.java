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

  private final URI uri;
  private final Path authority;
  private final Child process;

  private Secured(URI uri, Path authority, Child process) {
    this.uri = uri;
    this.authority = authority;
    this.process = process;
  }

  /** Starts one over files that another registry has, too. */
  static Secured start(Workspace workspace, Path files, InetAddress address) throws Exception {
    String host = address.getHostAddress();
    Certificates certificates = Certificates.create(workspace.makeDirectory("authority"));
    Certificates.Identity identity =
        certificates.issue(
            List.of("IP:" + host),
            host,
            workspace.makeDirectory("secured-tls"),
            Certificates.Validity.now());
    int port = Ports.free();
    Path config = workspace.directory().resolve("secured.yml");
    Files.writeString(config, config(host, port, files, identity));
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
    Await.until("the registry behind TLS listens", START_LIMIT, () -> listens(address, port));
    return new Secured(URI.create("https://" + host + ":" + port), identity.authority(), process);
  }

  private static boolean listens(InetAddress address, int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, port));
      return true;
    } catch (IOException refused) {
      return false;
    }
  }

  private static String config(String host, int port, Path files, Certificates.Identity identity) {
    return """
    version: 0.1
    log:
      level: warn
    storage:
      filesystem:
        rootdirectory: %s
    http:
      addr: %s:%d
      relativeurls: true
      tls:
        certificate: %s
        key: %s
    """
        .formatted(files, host, port, identity.certificate(), identity.key());
  }

  URI uri() {
    return uri;
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
