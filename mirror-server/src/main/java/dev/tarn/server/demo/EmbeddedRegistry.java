package dev.tarn.server.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.tarn.core.digest.Digest;
import dev.tarn.core.range.ByteRange;
import dev.tarn.core.range.RangeRequest;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * An upstream registry in this process: one image under one tag, on a loopback port, at the end of
 * a link of limited speed. Answers on threads of its own.
 */
final class EmbeddedRegistry implements AutoCloseable {
  private static final int PIECE_BYTES = 64 * 1024;

  private final HttpServer server;
  private final String scheme;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final GeneratedImage image;
  private final String repository;
  private final String tag;
  private final long bytesPerSecond;
  private final AtomicLong linkFreeAt = new AtomicLong(System.nanoTime());
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicLong bytesSent = new AtomicLong();

  private EmbeddedRegistry(
      GeneratedImage image,
      String repository,
      String tag,
      Optional<DemoIdentities> identities,
      long bytesPerSecond)
      throws IOException {
    this.bytesPerSecond = bytesPerSecond;
    this.image = image;
    this.repository = repository;
    this.tag = tag;
    this.scheme = identities.isPresent() ? "https" : "http";
    this.server = listen(identities);
    server.setExecutor(threads);
    server.createContext("/v2/", this::answer);
  }

  private static HttpServer listen(Optional<DemoIdentities> identities) throws IOException {
    InetSocketAddress anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    if (identities.isEmpty()) {
      return HttpServer.create(anywhere, 0);
    }
    HttpsServer secure = HttpsServer.create(anywhere, 0);
    secure.setHttpsConfigurator(new HttpsConfigurator(identities.get().upstream()));
    return secure;
  }

  /**
   * Starts it.
   *
   * @param identities what it speaks HTTPS with, if it is to
   * @param bytesPerSecond what its link carries, whoever asks
   */
  static EmbeddedRegistry start(
      GeneratedImage image,
      String repository,
      String tag,
      Optional<DemoIdentities> identities,
      long bytesPerSecond)
      throws IOException {
    EmbeddedRegistry registry =
        new EmbeddedRegistry(image, repository, tag, identities, bytesPerSecond);
    registry.server.start();
    return registry;
  }

  /** {@code host:port}: its name in image references. */
  String host() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  URI url() {
    return URI.create(scheme + "://" + host());
  }

  /**
   * Its entry under {@code upstreams} in a node's configuration.
   *
   * @param directory where {@link DemoIdentities#writeTo} has been
   */
  String entry(Path directory) {
    return scheme.equals("https")
        ? "{url: " + url() + ", ca: " + directory.resolve(DemoIdentities.AUTHORITY_FILE) + "}"
        : "{url: " + url() + "}";
  }

  int requests() {
    return requests.get();
  }

  long bytesSent() {
    return bytesSent.get();
  }

  private void answer(HttpExchange exchange) throws IOException {
    requests.incrementAndGet();
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      String base = "/v2/" + repository + "/";
      if (path.equals("/v2/")) {
        send(exchange, "application/json", "{}".getBytes(StandardCharsets.UTF_8), null);
      } else if (path.equals(base + "manifests/" + tag)
          || path.equals(base + "manifests/" + image.manifestDigest())) {
        send(exchange, GeneratedImage.MANIFEST_TYPE, image.manifest(), image.manifestDigest());
      } else if (path.startsWith(base + "blobs/")) {
        Optional<Digest> digest = Digest.parse(path.substring((base + "blobs/").length()));
        byte[] blob = digest.isEmpty() ? null : image.blobs().get(digest.get());
        if (blob == null) {
          error(exchange, "BLOB_UNKNOWN");
        } else {
          send(exchange, "application/octet-stream", blob, digest.orElseThrow());
        }
      } else {
        error(exchange, "NAME_UNKNOWN");
      }
    }
  }

  private void send(HttpExchange exchange, String type, byte[] bytes, @Nullable Digest digest)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    if (digest != null) {
      exchange.getResponseHeaders().set("Docker-Content-Digest", digest.toString());
    }
    int start = 0;
    int end = bytes.length;
    int status = 200;
    String header = exchange.getRequestHeaders().getFirst("Range");
    if (RangeRequest.parse(header).resolve(bytes.length)
        instanceof RangeRequest.Resolved.Partial(ByteRange part)) {
      start = (int) part.start();
      end = (int) part.end();
      status = 206;
      exchange.getResponseHeaders().set("Content-Range", part.contentRange(bytes.length));
    }
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(end - start));
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, end - start);
    try (OutputStream body = exchange.getResponseBody()) {
      for (int at = start; at < end; at += PIECE_BYTES) {
        int count = Math.min(PIECE_BYTES, end - at);
        passLink(count);
        body.write(bytes, at, count);
        bytesSent.addAndGet(count);
      }
    }
  }

  /** Takes the time that the link needs for so many bytes, after those of others before them. */
  private void passLink(int count) throws InterruptedIOException {
    long takes = TimeUnit.SECONDS.toNanos(count) / bytesPerSecond;
    long until = linkFreeAt.updateAndGet(freeAt -> Math.max(freeAt, System.nanoTime()) + takes);
    try {
      TimeUnit.NANOSECONDS.sleep(until - System.nanoTime());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("told to stop");
    }
  }

  private static void error(HttpExchange exchange, String code) throws IOException {
    byte[] body = ("{\"errors\":[{\"code\":\"" + code + "\"}]}").getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(404, head ? -1 : body.length);
    if (!head) {
      exchange.getResponseBody().write(body);
    }
  }

  /** Goes away, as a registry in an outage does. Idempotent. */
  void stop() {
    server.stop(0);
    threads.close();
  }

  @Override
  public void close() {
    stop();
  }
}
