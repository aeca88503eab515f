package dev.tarn.e2e.cluster;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tarn.e2e.image.Blob;
import dev.tarn.e2e.image.Image;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A registry with one image that misbehaves on command; answers on threads of its own. */
final class ScriptedRegistry implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Image image;
  private final AtomicInteger requests = new AtomicInteger();
  private final Map<String, Integer> cuts = new ConcurrentHashMap<>();
  private final Set<String> corrupted = ConcurrentHashMap.newKeySet();
  private volatile Optional<String> wanted = Optional.empty();

  private ScriptedRegistry(Image image) throws IOException {
    this.image = image;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/v2/", this::answer);
  }

  static ScriptedRegistry start(Image image) throws IOException {
    ScriptedRegistry registry = new ScriptedRegistry(image);
    registry.server.start();
    return registry;
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  int requests() {
    return requests.get();
  }

  /** The next answer with that blob ends after so many bytes. */
  void cutOnce(String digest, int bytes) {
    cuts.put(digest, bytes);
  }

  void corrupt(String digest) {
    corrupted.add(digest);
  }

  /** From now on only who has that name and password gets anything. */
  void demand(String credential) {
    wanted =
        Optional.of(
            "Basic "
                + Base64.getEncoder().encodeToString(credential.getBytes(StandardCharsets.UTF_8)));
  }

  private void answer(HttpExchange exchange) throws IOException {
    requests.incrementAndGet();
    try (exchange) {
      if (wanted.isPresent()
          && !wanted.get().equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
        exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"test\"");
        exchange.sendResponseHeaders(401, -1);
        return;
      }
      String path = exchange.getRequestURI().getPath();
      String reference = path.substring(path.lastIndexOf('/') + 1);
      Blob blob =
          Stream.concat(Stream.of(image.manifest()), image.blobs().stream())
              .filter(each -> each.digest().equals(reference))
              .findFirst()
              .orElse(image.manifest());
      send(exchange, blob, Files.readAllBytes(blob.file()));
    }
  }

  private void send(HttpExchange exchange, Blob blob, byte[] content) throws IOException {
    if (corrupted.contains(blob.digest())) {
      content[content.length / 2] ^= 1;
    }
    exchange.getResponseHeaders().set("Docker-Content-Digest", blob.digest());
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(content.length));
      exchange.sendResponseHeaders(200, -1);
      return;
    }
    String range = exchange.getRequestHeaders().getFirst("Range");
    int from = range == null ? 0 : Integer.parseInt(range.replaceAll("[^0-9]", ""));
    exchange.sendResponseHeaders(range == null ? 200 : 206, content.length - from);
    Integer cut = cuts.remove(blob.digest());
    int until = cut == null ? content.length : Math.min(content.length, from + cut);
    exchange.getResponseBody().write(Arrays.copyOfRange(content, from, until));
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
