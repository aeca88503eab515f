package dev.tarn.e2e.access;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.Function;

/**
 * A server that answers as a case wants it, and remembers what it was shown. Answers on platform
 * threads of its own.
 */
final class Trap implements AutoCloseable {
  private final HttpServer server;
  private final Function<Seen, Answer> script;
  private final List<Seen> seen = new CopyOnWriteArrayList<>();

  private Trap(HttpServer server, Function<Seen, Answer> script) {
    this.server = server;
    this.script = script;
  }

  /** A request. */
  record Seen(String method, String target, Optional<String> authorization) {}

  /**
   * An answer.
   *
   * @param body of a GET's; a HEAD's answer has the fields alone
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Answer(int status, Map<String, String> fields, byte[] body) {
    static Answer empty(int status) {
      return new Answer(status, Map.of(), new byte[0]);
    }

    static Answer with(int status, String name, String value) {
      return new Answer(status, Map.of(name, value), new byte[0]);
    }

    static Answer json(String text) {
      return new Answer(
          200, Map.of("Content-Type", "application/json"), text.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Starts one at that address, at any port. */
  static Trap start(InetAddress address, Function<Seen, Answer> script) throws IOException {
    Trap trap = new Trap(HttpServer.create(new InetSocketAddress(address, 0), 0), script);
    trap.server.setExecutor(
        Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("trap-", 0).factory()));
    trap.server.createContext("/", trap::answer);
    trap.server.start();
    return trap;
  }

  URI uri() {
    InetSocketAddress address = server.getAddress();
    return URI.create("http://" + address.getAddress().getHostAddress() + ":" + address.getPort());
  }

  List<Seen> seen() {
    return List.copyOf(seen);
  }

  /** How many requests showed a credential. */
  long shownCredentials() {
    return seen.stream().filter(each -> each.authorization().isPresent()).count();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      Seen request =
          new Seen(
              exchange.getRequestMethod(),
              exchange.getRequestURI().toString(),
              Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization")));
      seen.add(request);
      Answer answer = script.apply(request);
      answer.fields().forEach(exchange.getResponseHeaders()::set);
      boolean bodiless = request.method().equals("HEAD") || answer.body().length == 0;
      if (request.method().equals("HEAD") && answer.body().length > 0) {
        exchange.getResponseHeaders().set("Content-Length", Integer.toString(answer.body().length));
      }
      exchange.sendResponseHeaders(answer.status(), bodiless ? -1 : answer.body().length);
      if (!bodiless) {
        exchange.getResponseBody().write(answer.body());
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
