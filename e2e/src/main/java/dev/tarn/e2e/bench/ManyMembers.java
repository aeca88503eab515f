package dev.tarn.e2e.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.tarn.e2e.cluster.Certificates;
import dev.tarn.e2e.cluster.ServerTls;
import dev.tarn.e2e.process.Ports;
import dev.tarn.e2e.process.Workspace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A Kubernetes API server with the EndpointSlices of a big cluster: one node that is ready and
 * there, and all the others, which are not ready, so that nobody waits for them. Answers on threads
 * of its own.
 */
final class ManyMembers implements AutoCloseable {
  static final int MEMBERS = 2600;
  private static final String SELF = "node-0";
  private static final int IN_A_SLICE = 100;

  private final CountDownLatch closed = new CountDownLatch(1);
  private final HttpsServer server;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("members-", 0).factory());
  private final Path account;
  private final Certificates.Identity identity;
  private final int peerPort = Ports.free();

  private ManyMembers(HttpsServer server, Path account, Certificates.Identity identity) {
    this.server = server;
    this.account = account;
    this.identity = identity;
    server.setExecutor(threads);
    server.createContext("/apis/discovery.k8s.io/v1/", this::answer);
    server.start();
  }

  static ManyMembers start(Workspace workspace) throws Exception {
    Certificates authority = Certificates.create(workspace.makeDirectory("authority"));
    Certificates.Identity own =
        authority.issue(
            List.of("IP:127.0.0.1"),
            "api",
            workspace.directory().resolve("api"),
            Certificates.Validity.now());
    Path account = workspace.makeDirectory("account");
    Files.copy(own.authority(), account.resolve("ca.crt"));
    Files.writeString(account.resolve("token"), "test-only");
    Files.writeString(account.resolve("namespace"), "tarn");
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(ServerTls.context(own)));
    Certificates.Identity node =
        authority.issueFor(
            SELF, workspace.directory().resolve("node"), Certificates.Validity.now());
    return new ManyMembers(server, account, node);
  }

  /** The section of the configuration by which a node is the one that is ready. */
  String section() {
    return """
    peers:
      mode: kubernetes
      node: %s
      listen: 127.0.0.1:%d
      apiServer: https://127.0.0.1:%d
      serviceAccount: %s
      tls:
        certificate: %s
        key: %s
        ca: %s
    """
        .formatted(
            SELF,
            peerPort,
            server.getAddress().getPort(),
            account,
            identity.certificate(),
            identity.key(),
            identity.authority());
  }

  private void answer(HttpExchange exchange) throws IOException {
    String query = exchange.getRequestURI().getQuery();
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    try (exchange) {
      if (query != null && query.contains("watch=true")) {
        exchange.sendResponseHeaders(200, 0);
        // As an API server does: a watch is answered at once, though it may have nothing to tell.
        exchange.getResponseBody().flush();
        closed.await();
      } else {
        byte[] list = list().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, list.length);
        exchange.getResponseBody().write(list);
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  private String list() {
    List<String> slices = new ArrayList<>();
    slices.add(slice(0, endpoint(0, "127.0.0.1", true)));
    for (int first = 1; first < MEMBERS; first += IN_A_SLICE) {
      slices.add(
          slice(
              first,
              IntStream.range(first, Math.min(MEMBERS, first + IN_A_SLICE))
                  .mapToObj(i -> endpoint(i, "10.0." + i / 250 + "." + (i % 250 + 1), false))
                  .collect(Collectors.joining(", "))));
    }
    return """
    {"kind": "EndpointSliceList", "metadata": {"resourceVersion": "1"}, "items": [%s]}
    """
        .formatted(String.join(", ", slices));
  }

  private String slice(int number, String endpoints) {
    return """
    {"kind": "EndpointSlice", "apiVersion": "discovery.k8s.io/v1", "addressType": "IPv4",
     "metadata": {"name": "tarn-%d", "namespace": "tarn", "resourceVersion": "1",
       "uid": "5f9e8c1a-0000-4000-8000-%012d", "labels": {"kubernetes.io/service-name": "tarn"}},
     "endpoints": [%s], "ports": [{"name": "peer", "port": %d, "protocol": "TCP"}]}
    """
        .formatted(number, number, endpoints, peerPort);
  }

  private static String endpoint(int number, String address, boolean ready) {
    return """
    {"addresses": ["%s"], "nodeName": "node-%d", "zone": "zone-%d",
     "targetRef": {"kind": "Pod", "namespace": "tarn", "name": "tarn-%2$d",
       "uid": "5f9e8c1a-0000-4000-9000-%2$012d"},
     "conditions": {"ready": %4$s, "serving": %4$s, "terminating": false}}
    """
        .formatted(address, number, number % 3, ready);
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
