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

/**
 * Answers GET for a few pages, one request at a time, each within two seconds. On a thread of its
 * own; a whole HTTP server would be most of what the agent needs.
 */
public final class Endpoint implements AutoCloseable {
  private static final int BACKLOG = 16;
  private static final int MAX_HEAD_BYTES = 4096;
  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static final long STACK_BYTES = 256 * 1024;

  private final ServerSocket socket;
  private final Map<String, Supplier<Answer>> pages;

  /** What is answered. */
  public record Answer(int status, String body) {}

  private Endpoint(ServerSocket socket, Map<String, Supplier<Answer>> pages) {
    this.socket = socket;
    this.pages = pages;
  }

  /** Serves {@code pages}, each by its path, which are asked for on the endpoint's thread. */
  public static Endpoint start(InetSocketAddress address, Map<String, Supplier<Answer>> pages)
      throws IOException {
    ServerSocket socket = new ServerSocket();
    try {
      socket.setReuseAddress(true);
      socket.bind(address, BACKLOG);
    } catch (IOException e) {
      socket.close();
      throw new IOException("cannot listen on " + address + ": " + e.getMessage(), e);
    }
    Endpoint endpoint = new Endpoint(socket, Map.copyOf(pages));
    Thread thread = new Thread(null, endpoint::serve, "endpoint", STACK_BYTES);
    thread.setDaemon(true);
    thread.start();
    return endpoint;
  }

  public InetSocketAddress address() {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException _) {
      // Nobody is answered any more in any case.
    }
  }

  private void serve() {
    while (!socket.isClosed()) {
      try (Socket client = socket.accept()) {
        answer(client);
      } catch (IOException _) {
        pause(); // The client is gone, or no file can be opened: that passes.
      }
    }
  }

  private void pause() {
    if (!socket.isClosed()) {
      try {
        TimeUnit.MILLISECONDS.sleep(10);
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
