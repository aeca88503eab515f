package dev.tarn.e2e.agent;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/** Somebody else on Tarn's port, who would like to be given passwords. */
final class Stranger implements AutoCloseable {
  /** As whom he gives himself. */
  enum Manner {
    /** A registry that wants a password. */
    ASKS,
    /** Tarn, which is ready, with a proof that is none; and what he is asked for, he has. */
    PRETENDS
  }

  private static final byte[] READY = "state ready\n".getBytes(StandardCharsets.UTF_8);

  private final HttpServer server;
  private final Manner manner;
  private final List<String> shown = new CopyOnWriteArrayList<>();

  private Stranger(HttpServer server, Manner manner) {
    this.server = server;
    this.manner = manner;
  }

  /** Listens there from now on. */
  static Stranger at(InetSocketAddress address, Manner manner) throws IOException {
    Stranger stranger = new Stranger(HttpServer.create(address, 0), manner);
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
      switch (manner) {
        case ASKS -> {
          exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"stranger\"");
          exchange.sendResponseHeaders(401, -1);
        }
        case PRETENDS -> {
          exchange.getResponseHeaders().set("Tarn-Proof", "A".repeat(43));
          exchange.sendResponseHeaders(200, READY.length);
          exchange.getResponseBody().write(READY);
        }
      }
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
