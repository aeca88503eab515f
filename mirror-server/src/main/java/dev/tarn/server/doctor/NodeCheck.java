package dev.tarn.server.doctor;

import dev.tarn.server.config.Configuration;
import dev.tarn.server.config.ListenAddress;
import dev.tarn.server.config.PeerMode;
import dev.tarn.server.console.Figures;
import dev.tarn.server.console.Http;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether there is a node, whether it is ready, and whether it is the one that answers at its
 * ports.
 */
final class NodeCheck {
  static final String NODE = "node";
  static final String PORT_TAKEN = "port-taken";

  private static final String BUILD = "tarn_build_info";
  private static final String REQUESTS = "tarn_requests_total";
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(5);
  private static final long MAX_BYTES = 64 * 1024;
  private static final int LOOKS = 10;
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

  private final Scene scene;
  private final List<Finding> findings;

  NodeCheck(Scene scene, List<Finding> findings) {
    this.scene = scene;
    this.findings = findings;
  }

  /** The node's figures; empty where no node answers. */
  Optional<Figures> run() {
    Optional<Figures> figures = node();
    if (figures.isEmpty()) {
      strangers();
    } else {
      registryIsThatNodes();
    }
    return figures;
  }

  private Optional<Figures> node() {
    URI admin = scene.admin().base();
    String starts =
        "Start it, or see why it does not run: its log says start_failed with the reason. Where it"
            + " listens elsewhere, name the place with --admin.";
    try {
      Http.Answer health = scene.admin().get("/healthz");
      Figures figures = figures();
      if (health.status() != HttpURLConnection.HTTP_OK || figures.of(BUILD).isEmpty()) {
        findings.add(
            Finding.trouble(
                PORT_TAKEN,
                "Something else than Tarn answers at " + admin + ".",
                "/healthz was answered " + health.status() + ", and /metrics has no " + BUILD + ".",
                "Find it with: ss -ltnp. Stop it, or give Tarn another address as admin.listen."));
        return Optional.empty();
      }
      readiness(figures);
      return Optional.of(figures);
    } catch (IOException e) {
      findings.add(
          Finding.trouble(NODE, "No node answers at " + admin + ".", Reason.of(e) + ".", starts));
      return Optional.empty();
    }
  }

  private void readiness(Figures figures) throws IOException {
    String version = figures.of(BUILD).getFirst().label("version");
    if (scene.admin().get("/readyz").status() != HttpURLConnection.HTTP_OK) {
      findings.add(
          Finding.attention(
              "starting",
              "The node is not ready yet, or is stopping.",
              "/readyz was not answered 200.",
              "Wait a few seconds; if it stays so, read its log."));
    } else {
      findings.add(
          Finding.fine(NODE, "tarn " + version + " is ready at " + scene.admin().base() + "."));
    }
    if (!version.equals(scene.version())) {
      findings.add(
          Finding.note(
              NODE,
              "The node is of version " + version + ", this command of " + scene.version() + ".",
              ""));
    }
  }

  Figures figures() throws IOException {
    Http.Answer page = scene.admin().get("/metrics");
    return page.status() == HttpURLConnection.HTTP_OK
        ? Figures.parse(new String(page.body(), StandardCharsets.UTF_8))
        : Figures.none();
  }

  /** Where there is no node, others may have its ports. */
  private void strangers() {
    Configuration configuration = scene.configuration();
    List<Finding> taken = new ArrayList<>();
    if (isOpen(scene.registry().getHost(), scene.registry().getPort())) {
      taken.add(taken("registry.listen", scene.registry().getAuthority()));
    }
    ListenAddress peer = configuration.peers().listen();
    if (configuration.peers().mode() != PeerMode.NONE && isOpen(Dial.hostOf(peer), peer.port())) {
      taken.add(taken("peers.listen", peer.toString()));
    }
    findings.addAll(taken);
  }

  private static boolean isOpen(String host, int port) {
    return port > 0 && Dial.refusal(host, port).isEmpty();
  }

  private static Finding taken(String key, String address) {
    return Finding.trouble(
        PORT_TAKEN,
        "Something else than this node listens at " + address + ", which is its " + key + ".",
        "A connection was accepted there, while the node's admin endpoint does not answer.",
        "Find it with: ss -ltnp. Stop it, or set " + key + " to a port that is free.");
  }

  /** The node counts a request that it got; a stranger's answer leaves its count as it was. */
  private void registryIsThatNodes() {
    URI registry = scene.registry();
    try {
      double before = figures().sum(REQUESTS).orElse(0);
      int status =
          Http.send(Http.Request.of("GET", registry.resolve("/v2/"), ANSWER_TIMEOUT, MAX_BYTES))
              .status();
      for (int look = 0; look < LOOKS; look++) {
        if (figures().sum(REQUESTS).orElse(0) > before) {
          findings.add(
              Finding.fine("registry", "The registry endpoint answers at " + registry + "."));
          return;
        }
        Thread.sleep(BETWEEN_LOOKS);
      }
      findings.add(
          Finding.trouble(
              PORT_TAKEN,
              "Something else than this node answers at " + registry + ".",
              "/v2/ was answered " + status + ", and the node counted no request.",
              "Find it with: ss -ltnp. Compare registry.listen with what containerd's hosts.toml"
                  + " names; where the endpoint is elsewhere, name it with --registry."));
    } catch (IOException e) {
      findings.add(
          Finding.trouble(
              "registry",
              "The registry endpoint does not answer at " + registry + ".",
              Reason.of(e) + ".",
              "Compare registry.listen with it; where the endpoint is elsewhere, name it with"
                  + " --registry."));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
