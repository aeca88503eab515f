package dev.tarn.server.membership.kubernetes;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import javax.net.ssl.SSLContext;

/**
 * The part of the Kubernetes API that a reader of EndpointSlices meets: lists in pages, watches
 * with bookmarks, versions that are no longer kept, watches that break, and an outage. Its state
 * survives the outage. Thread-safe.
 */
final class ApiServer implements AutoCloseable {
  private static final String PATH = "/apis/discovery.k8s.io/v1/namespaces/tarn/endpointslices";
  private static final byte[] HANG_UP = {};

  private final ObjectMapper json = new ObjectMapper();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
  private final TreeMap<String, Map<String, Object>> slices = new TreeMap<>();
  private final TreeMap<Long, Map<String, Object>> events = new TreeMap<>();
  private final Optional<SSLContext> tls;
  private final int port;
  private long version = 100;
  private long oldestKept = 100;
  private volatile boolean refusing;
  private volatile String token = "first";
  private HttpServer server;

  /** One request as it came. */
  record Request(String method, String path, Map<String, String> query, String authorization) {
    boolean isWatch() {
      return "true".equals(query.get("watch"));
    }
  }

  /** One open watch, with the lines that are still to be written. */
  private record Watcher(LinkedBlockingQueue<byte[]> lines) {}

  ApiServer() throws IOException {
    this(Optional.empty());
  }

  /** Over TLS where there is a {@code context}. */
  ApiServer(Optional<SSLContext> context) throws IOException {
    tls = context;
    server = listen(0);
    port = server.getAddress().getPort();
  }

  String url() {
    return (tls.isPresent() ? "https" : "http") + "://127.0.0.1:" + port;
  }

  List<Request> requests() {
    return List.copyOf(requests);
  }

  long lists() {
    return requests.stream().filter(request -> !request.isWatch()).count();
  }

  long watches() {
    return requests.stream().filter(Request::isWatch).count();
  }

  int openWatches() {
    return watchers.size();
  }

  synchronized boolean hasSlices() {
    return !slices.isEmpty();
  }

  /** Adds the slice, or changes it. */
  synchronized void put(String name, String addressType, List<Map<String, Object>> endpoints) {
    String type = slices.containsKey(name) ? "MODIFIED" : "ADDED";
    version++;
    Map<String, Object> slice = slice(name, addressType, endpoints);
    slices.put(name, slice);
    publish(type, slice);
  }

  synchronized void delete(String name) {
    version++;
    Map<String, Object> slice = new LinkedHashMap<>(slices.remove(name));
    slice.put("metadata", metadata(name));
    publish("DELETED", slice);
  }

  /** Tells all watchers the newest version. */
  synchronized void bookmark() {
    Map<String, Object> slice = new LinkedHashMap<>();
    slice.put("apiVersion", "discovery.k8s.io/v1");
    slice.put("kind", "EndpointSlice");
    slice.put("metadata", Map.of("resourceVersion", Long.toString(version)));
    byte[] line = line(Map.of("type", "BOOKMARK", "object", slice));
    watchers.forEach(watcher -> watcher.lines().add(line));
  }

  /** Ends all watches, as the API server does every few minutes. */
  synchronized void breakWatches() {
    watchers.forEach(watcher -> watcher.lines().add(HANG_UP));
    watchers.clear();
  }

  /** Forgets every version but the newest: who watches from an older one is told 410 Gone. */
  synchronized void forgetHistory() {
    version++;
    oldestKept = version;
    events.clear();
  }

  /** Answers 403 from now on, as where the role was taken away; watches that are open go on. */
  void refuse(boolean refuse) {
    refusing = refuse;
  }

  /** Accepts this token and no other; watches that are open go on. */
  void accept(String renewed) {
    token = renewed;
  }

  /** Ends all watches and refuses connections. */
  synchronized void goAway() {
    breakWatches();
    server.stop(0);
  }

  /** Listens again, at the same port, with what it knew. */
  synchronized void comeBack() throws IOException {
    server = listen(port);
  }

  @Override
  public synchronized void close() {
    goAway();
    threads.shutdownNow();
  }

  private HttpServer listen(int wanted) throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted);
    HttpServer listening =
        tls.isPresent() ? HttpsServer.create(address, 0) : HttpServer.create(address, 0);
    if (listening instanceof HttpsServer secured) {
      secured.setHttpsConfigurator(new HttpsConfigurator(tls.get()));
    }
    listening.setExecutor(threads);
    listening.createContext("/", this::answer);
    listening.start();
    return listening;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      Request request = request(exchange);
      requests.add(request);
      if (!request.authorization().equals("Bearer " + token)) {
        respond(exchange, 401, status(401, "Unauthorized"));
      } else if (refusing || !request.path().equals(PATH)) {
        respond(exchange, 403, status(403, "Forbidden"));
      } else if (request.isWatch()) {
        watch(exchange, Long.parseLong(request.query().get("resourceVersion")));
      } else {
        respond(exchange, 200, list(request.query()));
      }
    }
  }

  private synchronized Map<String, Object> list(Map<String, String> query) {
    int limit = Integer.parseInt(query.getOrDefault("limit", "0"));
    String after = query.getOrDefault("continue", "");
    List<Map<String, Object>> items = new ArrayList<>();
    String last = "";
    boolean more = false;
    for (Map.Entry<String, Map<String, Object>> slice : slices.tailMap(after, false).entrySet()) {
      if (limit > 0 && items.size() == limit) {
        more = true;
        break;
      }
      items.add(slice.getValue());
      last = slice.getKey();
    }
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("resourceVersion", Long.toString(version));
    if (more) {
      metadata.put("continue", last);
    }
    Map<String, Object> list = new LinkedHashMap<>();
    list.put("apiVersion", "discovery.k8s.io/v1");
    list.put("kind", "EndpointSliceList");
    list.put("metadata", metadata);
    list.put("items", items);
    return list;
  }

  private void watch(HttpExchange exchange, long from) throws IOException {
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, 0);
    Watcher watcher = new Watcher(new LinkedBlockingQueue<>());
    synchronized (this) {
      if (from < oldestKept) {
        watcher.lines().add(line(Map.of("type", "ERROR", "object", status(410, "Expired"))));
        watcher.lines().add(HANG_UP);
      } else {
        events.tailMap(from, false).values().forEach(event -> watcher.lines().add(line(event)));
        watchers.add(watcher);
      }
    }
    try (OutputStream body = exchange.getResponseBody()) {
      body.flush();
      for (byte[] line = watcher.lines().take(); line.length > 0; line = watcher.lines().take()) {
        body.write(line);
        body.flush();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      watchers.remove(watcher);
    }
  }

  private void publish(String type, Map<String, Object> slice) {
    Map<String, Object> event = Map.of("type", type, "object", slice);
    events.put(version, event);
    byte[] line = line(event);
    watchers.forEach(watcher -> watcher.lines().add(line));
  }

  private Map<String, Object> slice(
      String name, String addressType, List<Map<String, Object>> endpoints) {
    Map<String, Object> slice = new LinkedHashMap<>();
    slice.put("apiVersion", "discovery.k8s.io/v1");
    slice.put("kind", "EndpointSlice");
    slice.put("metadata", metadata(name));
    slice.put("addressType", addressType);
    slice.put("endpoints", endpoints);
    slice.put("ports", List.of(Map.of("name", "peer", "port", 5051, "protocol", "TCP")));
    return slice;
  }

  private Map<String, Object> metadata(String name) {
    return Map.of(
        "name",
        name,
        "namespace",
        "tarn",
        "resourceVersion",
        Long.toString(version),
        "labels",
        Map.of("kubernetes.io/service-name", "tarn"));
  }

  private static Map<String, Object> status(int code, String reason) {
    return Map.of(
        "apiVersion", "v1", "kind", "Status", "status", "Failure", "code", code, "reason", reason);
  }

  private void respond(HttpExchange exchange, int status, Map<String, Object> body)
      throws IOException {
    byte[] bytes = json.writeValueAsBytes(body);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private byte[] line(Map<String, Object> event) {
    try {
      return (json.writeValueAsString(event) + "\n").getBytes(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Request request(HttpExchange exchange) {
    Map<String, String> query = new LinkedHashMap<>();
    String raw = exchange.getRequestURI().getRawQuery();
    if (raw != null) {
      for (String pair : raw.split("&", -1)) {
        int equals = pair.indexOf('=');
        query.put(
            pair.substring(0, equals),
            URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
      }
    }
    return new Request(
        exchange.getRequestMethod(),
        exchange.getRequestURI().getPath(),
        query,
        exchange.getRequestHeaders().getFirst("Authorization"));
  }
}
