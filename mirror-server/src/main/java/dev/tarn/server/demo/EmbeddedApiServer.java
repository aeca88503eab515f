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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A Kubernetes API server that knows one EndpointSlice: it lists it with one endpoint, tells a
 * watch that there are {@value #ENDPOINTS}, and says nothing else. For the launcher's training;
 * answers on threads of its own.
 */
public final class EmbeddedApiServer implements AutoCloseable {
  /** How many members there are in the end. */
  public static final int ENDPOINTS = 2;

  private static final String LIST =
      """
      {"kind": "EndpointSliceList", "metadata": {"resourceVersion": "1"}, "items": [%s]}
      """
          .formatted(slice(1, endpoint(1)));

  /** Another slice than the listed one, so that one can tell when it was read; on one line. */
  private static final String EVENT =
      "{\"type\": \"MODIFIED\", \"object\": "
          + slice(2, endpoint(1) + "," + endpoint(2)).replace("\n", "")
          + "}\n";

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final HttpsServer server;

  private EmbeddedApiServer(UpstreamIdentity identity) throws IOException {
    this.server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(identity.sslContext()));
    server.setExecutor(threads);
    server.createContext("/apis/discovery.k8s.io/v1/", this::answer);
  }

  /**
   * Starts one.
   *
   * @param account gets the files of a service account that it accepts
   */
  public static EmbeddedApiServer start(Path account) throws IOException {
    UpstreamIdentity identity = UpstreamIdentity.load();
    Files.createDirectories(account);
    identity.writeCertificate(account.resolve("ca.crt"));
    Files.writeString(account.resolve("token"), "demo-only");
    Files.writeString(account.resolve("namespace"), "tarn");
    EmbeddedApiServer api = new EmbeddedApiServer(identity);
    api.server.start();
    return api;
  }

  private static String slice(int version, String endpoints) {
    return """
    {"kind": "EndpointSlice", "apiVersion": "discovery.k8s.io/v1", "addressType": "IPv4",
     "metadata": {"name": "tarn-1", "namespace": "tarn", "resourceVersion": "%d"},
     "endpoints": [%s], "ports": [{"name": "peer", "port": 5051}]}
    """
        .formatted(version, endpoints);
  }

  private static String endpoint(int number) {
    return """
    {"addresses": ["10.0.0.%d"], "nodeName": "node-%d", "zone": "zone-a",
     "conditions": {"ready": true, "serving": true, "terminating": false}}
    """
        .formatted(number, number);
  }

  /** Where it listens. */
  public URI url() {
    return URI.create("https://127.0.0.1:" + server.getAddress().getPort());
  }

  private void answer(HttpExchange exchange) throws IOException {
    String query = exchange.getRequestURI().getQuery();
    boolean isWatch = query != null && query.contains("watch=true");
    byte[] text = (isWatch ? EVENT : LIST).getBytes(StandardCharsets.UTF_8);
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
