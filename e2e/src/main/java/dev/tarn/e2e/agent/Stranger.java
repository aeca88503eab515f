package dev.tarn.e2e.agent;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/** Somebody else on Tarn's port, who would like to be given passwords. */
final class Stranger implements AutoCloseable {
  private final HttpServer server;
  private final List<String> shown = new CopyOnWriteArrayList<>();

  private Stranger(HttpServer server) {
    this.server = server;
  }

  /** Listens there from now on. */
  static Stranger at(InetSocketAddress address) throws IOException {
    Stranger stranger = new Stranger(HttpServer.create(address, 0));
    stranger.server.setExecutor(
        Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("stranger-", 0).factory()));
    stranger.server.createContext("/", stranger::answer);
    stranger.server.start();
    return stranger;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String credential = exchange.getRequestHeaders().getFirst("Authorization");
      if (credential != null) {
        shown.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
      }
      exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"stranger\"");
      exchange.sendResponseHeaders(401, -1);
    }
  }

  /** The requests that came with a credential. */
  List<String> shown() {
    return List.copyOf(shown);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
