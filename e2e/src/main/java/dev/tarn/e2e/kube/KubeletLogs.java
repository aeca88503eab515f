package dev.tarn.e2e.kube;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.tarn.e2e.cluster.Certificates;
import dev.tarn.e2e.cluster.ServerTls;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.function.Function;

/**
 * What the API server asks kubelets for on behalf of {@code kubectl logs}: one server for all
 * nodes, on loopback.
 */
final class KubeletLogs implements AutoCloseable {
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final int PARTS = 5;

  private final HttpsServer server;
  private final Function<Container, Optional<String>> logs;

  /** Which container's. */
  record Container(String namespace, String pod, String name) {}

  private KubeletLogs(HttpsServer server, Function<Container, Optional<String>> logs) {
    this.server = server;
    this.logs = logs;
  }

  static KubeletLogs start(Pki pki, Function<Container, Optional<String>> logs)
      throws IOException, GeneralSecurityException {
    Pki.Identity serving = pki.issue("kubelet", "", List.of("IP:127.0.0.1"));
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(
            ServerTls.context(
                new Certificates.Identity(
                    serving.certificate(), serving.key(), pki.authority().certificate()))));
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    KubeletLogs kubelet = new KubeletLogs(server, logs);
    server.createContext("/containerLogs/", kubelet::answer);
    server.start();
    return kubelet;
  }

  int port() {
    return server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String[] parts = exchange.getRequestURI().getPath().split("/", -1);
    Optional<String> log =
        parts.length == PARTS
            ? logs.apply(new Container(parts[2], parts[3], parts[4]))
            : Optional.empty();
    byte[] body = log.orElse("").getBytes(StandardCharsets.ISO_8859_1);
    exchange.sendResponseHeaders(
        log.isPresent() ? OK : NOT_FOUND, body.length == 0 ? -1 : body.length);
    try (OutputStream stream = exchange.getResponseBody()) {
      stream.write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
