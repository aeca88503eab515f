package dev.tarn.server.certificates;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * The part of the Kubernetes API that the command meets: one Secret with its version, one Service,
 * and refusals. Thread-safe.
 */
final class FakeApi implements AutoCloseable {
  private static final String SECRETS = "/api/v1/namespaces/tarn/secrets";
  private static final String SERVICES = "/api/v1/namespaces/tarn/services/";

  private final ObjectMapper json = new ObjectMapper();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;
  private final Queue<Integer> refusals = new ArrayDeque<>();
  private final List<String> requests = new ArrayList<>();

  private @Nullable ObjectNode secret;
  private long version = 1;
  private String serviceUid = "service-1";
  private Runnable beforeWrite = () -> {};

  FakeApi() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Answers the next requests with these. */
  synchronized void refuse(Integer... statuses) {
    refusals.addAll(List.of(statuses));
  }

  /** Once, before the next write is looked at. */
  synchronized void beforeNextWrite(Runnable what) {
    beforeWrite = what;
  }

  synchronized void service(String uid) {
    serviceUid = uid;
  }

  synchronized List<String> requests() {
    return List.copyOf(requests);
  }

  /** As somebody else would write it. */
  synchronized void put(ObjectNode other) {
    other.withObject("/metadata").put("resourceVersion", Long.toString(++version));
    secret = other;
  }

  synchronized ObjectNode secret() {
    return secret == null ? json.createObjectNode() : secret.deepCopy();
  }

  synchronized void remove() {
    secret = null;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      String method = exchange.getRequestMethod();
      Runnable before = method.equals("GET") ? () -> {} : once();
      before.run();
      respond(exchange, method, exchange.getRequestURI().getPath(), body);
    }
  }

  private synchronized Runnable once() {
    Runnable now = beforeWrite;
    beforeWrite = () -> {};
    return now;
  }

  private synchronized void respond(HttpExchange exchange, String method, String path, byte[] body)
      throws IOException {
    requests.add(method + " " + path);
    if (!refusals.isEmpty()) {
      send(exchange, refusals.remove(), null);
    } else if (path.startsWith(SERVICES)) {
      ObjectNode service = json.createObjectNode().put("kind", "Service").put("apiVersion", "v1");
      service.withObject("/metadata").put("uid", serviceUid).put("name", "tarn");
      send(exchange, serviceUid.isEmpty() ? 404 : 200, service);
    } else if (method.equals("GET")) {
      send(exchange, secret == null ? 404 : 200, secret);
    } else if (method.equals("POST") && path.equals(SECRETS)) {
      if (secret != null) {
        send(exchange, 409, null);
      } else {
        put((ObjectNode) json.readTree(body));
        send(exchange, 201, secret);
      }
    } else {
      replace(exchange, (ObjectNode) json.readTree(body));
    }
  }

  private void replace(HttpExchange exchange, ObjectNode wanted) throws IOException {
    if (secret == null) {
      send(exchange, 404, null);
    } else if (!version(wanted).equals(version(secret))) {
      send(exchange, 409, null);
    } else {
      put(wanted);
      send(exchange, 200, secret);
    }
  }

  private static String version(JsonNode object) {
    return object.at("/metadata/resourceVersion").asText("none");
  }

  private void send(HttpExchange exchange, int status, @Nullable ObjectNode object)
      throws IOException {
    ObjectNode body =
        object != null && status < 300
            ? object
            : json.createObjectNode()
                .put("kind", "Status")
                .put("apiVersion", "v1")
                .put("status", "Failure")
                .put("message", "refused with " + status)
                .put("code", status);
    byte[] bytes = json.writeValueAsBytes(body);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
