package dev.tarn.e2e.access;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tarn.e2e.http.Relay;
import dev.tarn.e2e.http.Route;
import dev.tarn.e2e.http.Traffic;
import dev.tarn.e2e.process.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/**
 * A token server: whoever shows a name and its password gets a token for what they may read of what
 * they ask for; others get one for nothing, as at Docker Hub. Answers on platform threads of its
 * own, while commands come from any.
 */
final class Realm implements AutoCloseable {
  private static final Duration LIFE = Duration.ofMinutes(5);

  private final TokenIssuer issuer;
  private final Rights rights;
  private final HttpServer server;

  /** Where clients reach it. */
  private final Relay door;

  private final List<Issued> issued = new CopyOnWriteArrayList<>();
  private final Map<String, Instant> ends = new ConcurrentHashMap<>();
  private final Set<String> revoked = ConcurrentHashMap.newKeySet();
  private volatile Duration life = LIFE;
  private volatile boolean down;

  private Realm(TokenIssuer issuer, Rights rights) throws IOException {
    this.issuer = issuer;
    this.rights = rights;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(
        Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("realm-", 0).factory()));
    server.createContext("/token", this::answer);
    this.door = new Relay(Ports.free(), Route.to(server.getAddress()));
  }

  /** A token that was given to somebody; nobody's name where none was shown. */
  record Issued(Optional<User> user, List<String> repositories, String token) {}

  static Realm start(TokenIssuer issuer, Rights rights) throws IOException {
    Realm realm = new Realm(issuer, rights);
    realm.server.start();
    return realm;
  }

  URI uri() {
    return URI.create(door.uri() + "/token");
  }

  /** For how long the tokens live that are issued from now on. */
  void tokensLive(Duration time) {
    life = time;
  }

  /** Tokens live as long again as they do at first, and it answers. */
  void recover() {
    life = LIFE;
    down = false;
    door.start();
  }

  /** From now on nobody reaches it. */
  void stop() {
    door.stop();
  }

  /** What it was asked. */
  Traffic asked() {
    return door.traffic();
  }

  /** From now on it answers 503. */
  void fail() {
    down = true;
  }

  /** Everything it gave out, oldest first. */
  List<Issued> issued() {
    return List.copyOf(issued);
  }

  /** The tokens that this user got. */
  List<String> tokensOf(User user) {
    return issued.stream()
        .filter(each -> each.user().equals(Optional.of(user)))
        .map(Issued::token)
        .toList();
  }

  void revoke(String token) {
    revoked.add(token);
  }

  /** Whether a token that it gave out counts no longer; others are the registry's to judge. */
  boolean isOver(String token) {
    Instant end = ends.get(token);
    return revoked.contains(token) || (end != null && !Instant.now().isBefore(end));
  }

  /** A token for the user as anybody may get it who has the password. */
  String issue(Optional<User> user, String service, List<String> wanted) {
    List<String> allowed =
        user.map(who -> wanted.stream().filter(name -> rights.allow(who, name)).toList())
            .orElse(List.of());
    // In whole seconds, as tokens tell it.
    Instant end = Instant.ofEpochSecond(Instant.now().plus(life).getEpochSecond());
    String token = issuer.sign(user.map(User::name).orElse(""), service, allowed, end);
    ends.put(token, end);
    issued.add(new Issued(user, allowed, token));
    return token;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      // In the query of a GET, as Docker has it, or in the form of a POST, as OAuth 2 has it.
      boolean form = exchange.getRequestMethod().equals("POST");
      Map<String, List<String>> asked =
          parameters(
              form
                  ? new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)
                  : Optional.ofNullable(exchange.getRequestURI().getRawQuery()).orElse(""));
      Optional<String> shown =
          form
              ? Optional.of(User.basic(first(asked, "username"), first(asked, "password")))
              : Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"));
      Optional<User> user = User.of(shown);
      if (down) {
        exchange.sendResponseHeaders(503, -1);
      } else if (shown.isPresent() && user.isEmpty()) {
        exchange.sendResponseHeaders(401, -1);
      } else {
        give(exchange, user, asked);
      }
    }
  }

  private static Map<String, List<String>> parameters(String text) {
    Map<String, List<String>> all = new LinkedHashMap<>();
    for (String pair : text.split("&", -1)) {
      int equal = pair.indexOf('=');
      if (equal > 0) {
        all.computeIfAbsent(pair.substring(0, equal), name -> new ArrayList<>())
            .add(URLDecoder.decode(pair.substring(equal + 1), StandardCharsets.UTF_8));
      }
    }
    return all;
  }

  private static String first(Map<String, List<String>> parameters, String name) {
    return parameters.getOrDefault(name, List.of("")).getFirst();
  }

  private void give(HttpExchange exchange, Optional<User> user, Map<String, List<String>> asked)
      throws IOException {
    List<String> wanted =
        asked.getOrDefault("scope", List.of()).stream()
            .flatMap(scopes -> Stream.of(scopes.split(" ", -1)))
            .filter(scope -> scope.startsWith("repository:"))
            .map(scope -> scope.substring("repository:".length(), scope.lastIndexOf(':')))
            .toList();
    String token = issue(user, first(asked, "service"), wanted);
    byte[] body =
        "{\"token\": \"%1$s\", \"access_token\": \"%1$s\", \"expires_in\": %2$d}"
            .formatted(token, life.toSeconds())
            .getBytes(StandardCharsets.US_ASCII);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    door.close();
    server.stop(0);
  }
}
