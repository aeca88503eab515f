package dev.tarn.e2e.chaos;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.tarn.e2e.cluster.Certificates;
import dev.tarn.e2e.cluster.Network;
import dev.tarn.e2e.cluster.ServerTls;
import dev.tarn.e2e.cluster.Site;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * As much of a Kubernetes API server as membership asks for: one EndpointSlice, to be listed and
 * watched. At the switch of the cluster's network; answers on platform threads of its own, while
 * commands come from any.
 */
final class ApiServer implements AutoCloseable {
  private static final int PORT = 6443;
  private static final int PEER_PORT = 5051;

  private final Network network;
  private final SSLContext tls;
  private final Map<Site, State> states = new LinkedHashMap<>();
  private int version = 1;
  private int life;
  private @Nullable HttpsServer server;

  /** How a node is listed. */
  enum State {
    READY,
    NOT_READY,
    ABSENT
  }

  private ApiServer(Network network, SSLContext tls, List<Site> nodes) {
    this.network = network;
    this.tls = tls;
    nodes.forEach(node -> states.put(node, State.READY));
  }

  /**
   * Starts one that lists these nodes.
   *
   * @param account gets the files of a service account
   */
  static ApiServer start(Network network, Certificates authority, Path account, List<Site> nodes)
      throws Exception {
    Certificates.Identity identity =
        authority.issue(
            List.of("IP:" + network.address()),
            "api",
            account.resolveSibling("api"),
            Certificates.Validity.now());
    Files.createDirectories(account);
    Files.copy(identity.authority(), account.resolve("ca.crt"));
    Files.writeString(account.resolve("token"), "test-only");
    Files.writeString(account.resolve("namespace"), "tarn");
    ApiServer server = new ApiServer(network, context(identity), nodes);
    server.up();
    return server;
  }

  private static SSLContext context(Certificates.Identity identity)
      throws IOException, GeneralSecurityException {
    return ServerTls.context(identity);
  }

  String url() {
    return "https://" + network.address() + ":" + PORT;
  }

  /** From now on the node is listed so, and everyone who watches is told. */
  synchronized void list(Site node, State state) {
    states.put(node, state);
    version++;
    notifyAll();
  }

  /** Answers again. */
  void up() throws Exception {
    HttpsServer started =
        network
            .start(
                () -> {
                  HttpsServer made =
                      HttpsServer.create(new InetSocketAddress(network.address(), PORT), 0);
                  made.setHttpsConfigurator(new HttpsConfigurator(tls));
                  ExecutorService threads =
                      Executors.newCachedThreadPool(
                          Thread.ofPlatform().daemon().name("api-", 0).factory());
                  made.setExecutor(threads);
                  made.createContext("/apis/discovery.k8s.io/v1/", this::answer);
                  made.start();
                  return made;
                })
            .get();
    synchronized (this) {
      server = started;
    }
  }

  /** Refuses connections and ends those that there are. */
  void down() {
    HttpsServer stopped;
    synchronized (this) {
      life++;
      notifyAll();
      stopped = server;
      server = null;
    }
    if (stopped != null) {
      stopped.stop(0);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    String query = exchange.getRequestURI().getQuery();
    boolean isWatch = query != null && query.contains("watch=true");
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    try (exchange) {
      if (isWatch) {
        exchange.sendResponseHeaders(200, 0);
        watch(exchange.getResponseBody(), since(query));
      } else {
        byte[] list = list();
        exchange.sendResponseHeaders(200, list.length);
        exchange.getResponseBody().write(list);
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  private static int since(String query) {
    return List.of(query.split("&", -1)).stream()
        .filter(part -> part.startsWith("resourceVersion="))
        .map(part -> part.substring("resourceVersion=".length()))
        .filter(text -> !text.isEmpty())
        .mapToInt(Integer::parseInt)
        .findFirst()
        .orElse(0);
  }

  private void watch(OutputStream out, int since) throws IOException, InterruptedException {
    int told = since;
    while (true) {
      String event;
      synchronized (this) {
        int began = life;
        while (version <= told && life == began) {
          wait();
        }
        if (life != began) {
          return;
        }
        told = version;
        event = "{\"type\": \"MODIFIED\", \"object\": " + slice() + "}\n";
      }
      out.write(event.getBytes(StandardCharsets.UTF_8));
      out.flush();
    }
  }

  private synchronized byte[] list() {
    return ("{\"kind\": \"EndpointSliceList\", \"metadata\": {\"resourceVersion\": \""
            + version
            + "\"}, \"items\": ["
            + slice()
            + "]}")
        .getBytes(StandardCharsets.UTF_8);
  }

  /** The slice as it is now, on one line. */
  private String slice() {
    String endpoints =
        states.entrySet().stream()
            .filter(entry -> entry.getValue() != State.ABSENT)
            .map(entry -> endpoint(entry.getKey(), entry.getValue() == State.READY))
            .collect(Collectors.joining(", "));
    return """
    {"kind": "EndpointSlice", "apiVersion": "discovery.k8s.io/v1", "addressType": "IPv4", \
    "metadata": {"name": "tarn-1", "namespace": "tarn", "resourceVersion": "%d"}, \
    "endpoints": [%s], "ports": [{"name": "peer", "port": %d}]}\
    """
        .formatted(version, endpoints, PEER_PORT);
  }

  private static String endpoint(Site node, boolean isReady) {
    return """
    {"addresses": ["%s"], "nodeName": "%s", "zone": "zone-a", \
    "conditions": {"ready": %3$s, "serving": %3$s, "terminating": false}}\
    """
        .formatted(node.address(), node.called(), isReady);
  }

  @Override
  public void close() {
    down();
  }
}
