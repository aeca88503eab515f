package dev.tarn.e2e.chaos;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tarn.e2e.http.Head;
import dev.tarn.e2e.http.Route;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Stands before a registry and lets in whoever has a token, which it gives to anybody. On loopback;
 * answers on platform threads of its own, while commands come from any.
 */
final class TokenRealm implements Route, AutoCloseable {
  private static final int LIFE_SECONDS = 60;

  private final InetSocketAddress registry;
  private final Supplier<URI> front;
  private final HttpServer server;
  private final Set<String> good = ConcurrentHashMap.newKeySet();
  private final AtomicInteger given = new AtomicInteger();

  private TokenRealm(InetSocketAddress registry, Supplier<URI> front) throws IOException {
    this.registry = registry;
    this.front = front;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(
        Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("realm-", 0).factory()));
    server.createContext("/token", this::give);
    server.createContext("/", this::challenge);
  }

  /**
   * Starts one.
   *
   * @param front where clients find it, once it is asked
   */
  static TokenRealm start(InetSocketAddress registry, Supplier<URI> front) throws IOException {
    TokenRealm realm = new TokenRealm(registry, front);
    realm.server.start();
    return realm;
  }

  /** No token that was given so far counts any longer. */
  void forget() {
    good.clear();
  }

  @Override
  public Hop next(Head request) {
    Optional<String> bearer = request.first("Authorization").map(v -> v.replace("Bearer ", ""));
    boolean isLetIn =
        !request.target().startsWith("/token") && bearer.filter(good::contains).isPresent();
    return isLetIn
        ? new Hop(registry, request.with("Authorization", Optional.empty()))
        : new Hop(server.getAddress(), request);
  }

  private void give(HttpExchange exchange) throws IOException {
    String token = "token-" + given.incrementAndGet();
    good.add(token);
    byte[] body =
        ("{\"token\": \"" + token + "\", \"expires_in\": " + LIFE_SECONDS + "}")
            .getBytes(StandardCharsets.US_ASCII);
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private void challenge(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange
          .getResponseHeaders()
          .set(
              "WWW-Authenticate",
              "Bearer realm=\""
                  + front.get()
                  + "/token\",service=\"test\",scope=\"repository:chaos/image:pull\"");
      exchange.sendResponseHeaders(401, -1);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
