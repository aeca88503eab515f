package dev.tarn.server.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A Kubernetes API server that knows an EndpointSlice for each of two members: it lists the first,
 * tells a watch of the second, and says nothing else. For the launcher's training; answers on
 * threads of its own.
 */
final class EmbeddedApiServer implements AutoCloseable {
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final HttpsServer server;
  private final String list;
  private final String event;

  private EmbeddedApiServer(DemoIdentities identities, List<Integer> ports) throws IOException {
    this.list =
        """
        {"kind": "EndpointSliceList", "metadata": {"resourceVersion": "1"}, "items": [%s]}
        """
            .formatted(slice(1, ports.get(0)));
    // On one line.
    this.event =
        "{\"type\": \"ADDED\", \"object\": " + slice(2, ports.get(1)).replace("\n", "") + "}\n";
    this.server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(identities.upstream()));
    server.setExecutor(threads);
    server.createContext("/apis/discovery.k8s.io/v1/", this::answer);
  }

  /**
   * Starts one.
   *
   * @param account gets the files of a service account that it accepts
   * @param ports where node-1 and node-2 listen for their peers
   */
  static EmbeddedApiServer start(DemoIdentities identities, Path account, List<Integer> ports)
      throws IOException {
    Files.createDirectories(account);
    identities.writeAuthority(account.resolve("ca.crt"));
    Files.writeString(account.resolve("token"), "demo-only");
    Files.writeString(account.resolve("namespace"), "tarn");
    EmbeddedApiServer api = new EmbeddedApiServer(identities, ports);
    api.server.start();
    return api;
  }

  private static String slice(int number, int port) {
    return """
    {"kind": "EndpointSlice", "apiVersion": "discovery.k8s.io/v1", "addressType": "IPv4",
     "metadata": {"name": "tarn-%1$d", "namespace": "tarn", "resourceVersion": "%1$d"},
     "endpoints": [{"addresses": ["127.0.0.1"], "nodeName": "node-%1$d", "zone": "zone-a",
       "conditions": {"ready": true, "serving": true, "terminating": false}}],
     "ports": [{"name": "peer", "port": %2$d}]}
    """
        .formatted(number, port);
  }

  /** Where it listens. */
  URI url() {
    return URI.create("https://127.0.0.1:" + server.getAddress().getPort());
  }

  private void answer(HttpExchange exchange) throws IOException {
    String query = exchange.getRequestURI().getQuery();
    boolean isWatch = query != null && query.contains("watch=true");
    byte[] text = (isWatch ? event : list).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, isWatch ? 0 : text.length);
    try (exchange;
        OutputStream body = exchange.getResponseBody()) {
      body.write(text);
      body.flush();
      if (isWatch) {
        closed.await();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.close();
  }
}
