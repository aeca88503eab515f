package dev.tarn.agent.metrics;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers GET for a few pages, one request at a time, each within two seconds. On a thread of its
 * own; a whole HTTP server would be most of what the agent needs.
 */
public final class Endpoint implements AutoCloseable {
  private static final int BACKLOG = 16;
  private static final int MAX_HEAD_BYTES = 4096;
  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static final long STACK_BYTES = 256 * 1024;

  /** How often an address that somebody else has is tried again. */
  private static final Duration RETRY = Duration.ofSeconds(1);

  private static final Logger LOG = LoggerFactory.getLogger("tarn.agent");

  private final InetSocketAddress wanted;
  private final Map<String, Supplier<Answer>> pages;
  private volatile @Nullable ServerSocket socket;
  private volatile boolean closed;

  /** What is answered. */
  public record Answer(int status, String body) {}

  private Endpoint(InetSocketAddress wanted, Map<String, Supplier<Answer>> pages) {
    this.wanted = wanted;
    this.pages = pages;
  }

  /**
   * Serves {@code pages}, each by its path, which are asked for on the endpoint's thread. An
   * address that somebody else has, such as the agent that this one takes the place of, is taken as
   * soon as it is free.
   */
  public static Endpoint start(InetSocketAddress address, Map<String, Supplier<Answer>> pages) {
    Endpoint endpoint = new Endpoint(address, Map.copyOf(pages));
    try {
      endpoint.listen();
    } catch (IOException e) {
      LOG.atWarn()
          .setMessage("not_listening")
          .addKeyValue("address", address)
          .addKeyValue("reason", e.getMessage())
          .addKeyValue("next", "it goes on without, and takes the address when it is free")
          .log();
    }
    Thread thread = new Thread(null, endpoint::serve, "endpoint", STACK_BYTES);
    thread.setDaemon(true);
    thread.start();
    return endpoint;
  }

  /** Where it listens; where it does not yet, where it is going to. */
  public InetSocketAddress address() {
    ServerSocket listening = socket;
    return listening == null ? wanted : (InetSocketAddress) listening.getLocalSocketAddress();
  }

  @Override
  public void close() {
    closed = true;
    close(socket);
  }

  private static void close(@Nullable ServerSocket listening) {
    try {
      if (listening != null) {
        listening.close();
      }
    } catch (IOException _) {
      // Nobody is answered any more in any case.
    }
  }

  private void listen() throws IOException {
    ServerSocket fresh = new ServerSocket();
    try {
      fresh.setReuseAddress(true);
      fresh.bind(wanted, BACKLOG);
    } catch (IOException e) {
      fresh.close();
      throw e;
    }
    socket = fresh;
    if (closed) {
      close(fresh);
    }
  }

  private void serve() {
    while (!closed) {
      ServerSocket listening = socket;
      if (listening == null) {
        listenAgain();
        continue;
      }
      try (Socket client = listening.accept()) {
        answer(client);
      } catch (IOException _) {
        pause(Duration.ofMillis(10)); // The client is gone, or no file can be opened: that passes.
      }
    }
  }

  private void listenAgain() {
    pause(RETRY);
    if (closed) {
      return;
    }
    try {
      listen();
      LOG.atInfo().setMessage("listening").addKeyValue("address", wanted).log();
    } catch (IOException _) {
      // Still taken; that was said.
    }
  }

  private void pause(Duration time) {
    if (!closed) {
      try {
        TimeUnit.MILLISECONDS.sleep(time.toMillis());
      } catch (InterruptedException _) {
        close();
      }
    }
  }

  private void answer(Socket client) throws IOException {
    Optional<String> head = head(client);
    if (head.isEmpty()) {
      return;
    }
    Answer answer = choose(head.get());
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    String start =
        "HTTP/1.1 "
            + answer.status()
            + " \r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: "
            + body.length
            + "\r\nConnection: close\r\n\r\n";
    var out = client.getOutputStream();
    out.write(start.getBytes(StandardCharsets.US_ASCII));
    if (!head.get().startsWith("HEAD ")) {
      out.write(body);
    }
    out.flush();
    client.shutdownOutput();
  }

  private Answer choose(String head) {
    int space = head.indexOf(' ');
    String method = head.substring(0, Math.max(space, 0));
    if (!method.equals("GET") && !method.equals("HEAD")) {
      return new Answer(405, "only GET\n");
    }
    int end = head.indexOf(' ', space + 1);
    String target = end < 0 ? "" : head.substring(space + 1, end);
    int query = target.indexOf('?');
    Supplier<Answer> page = pages.get(query < 0 ? target : target.substring(0, query));
    return page == null ? new Answer(404, "not here\n") : page.get();
  }

  /** The request up to its empty line; empty where it does not come in time, or is too long. */
  private static Optional<String> head(Socket client) throws IOException {
    long deadline = System.nanoTime() + TIMEOUT.toNanos();
    byte[] bytes = new byte[MAX_HEAD_BYTES];
    InputStream in = client.getInputStream();
    int length = 0;
    while (length < bytes.length) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        return Optional.empty();
      }
      client.setSoTimeout((int) left);
      int read = in.read(bytes, length, bytes.length - length);
      if (read < 0) {
        return Optional.empty();
      }
      length += read;
      String head = new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
      if (head.contains("\r\n\r\n")) {
        return Optional.of(head);
      }
    }
    return Optional.empty();
  }
}
