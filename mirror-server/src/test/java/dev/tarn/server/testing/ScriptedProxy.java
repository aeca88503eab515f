package dev.tarn.server.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A small HTTP proxy: tunnels by CONNECT, forwards absolute-form requests without a body. Names
 * lead where the test says, so that none has to exist. One virtual thread per connection.
 */
public final class ScriptedProxy implements AutoCloseable {
  private final ServerSocket listener;
  private final Map<String, Integer> ports;
  private final List<List<String>> heads = new CopyOnWriteArrayList<>();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile int refusal;

  private ScriptedProxy(Map<String, Integer> ports) {
    this.ports = ports;
    try {
      this.listener = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts one that knows these hosts, by the port of 127.0.0.1 that answers for them. */
  public static ScriptedProxy start(Map<String, Integer> ports) {
    ScriptedProxy proxy = new ScriptedProxy(Map.copyOf(ports));
    Thread.ofVirtual().start(proxy::accept);
    return proxy;
  }

  /** From now on answers every request with this status. */
  public void refuseWith(int status) {
    refusal = status;
  }

  public String url() {
    return "http://" + authority();
  }

  public String authority() {
    return "127.0.0.1:" + listener.getLocalPort();
  }

  /** The request line and headers of every request so far. */
  public List<List<String>> heads() {
    return List.copyOf(heads);
  }

  @Override
  public void close() {
    try {
      listener.close();
      for (Socket socket : sockets) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        sockets.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      List<String> head = ScriptedConnection.readHead(client.getInputStream());
      if (head.isEmpty()) {
        return;
      }
      heads.add(head);
      List<String> words = List.of(head.getFirst().split(" ", -1));
      boolean connect = words.getFirst().equals("CONNECT");
      URI target = URI.create(connect ? "http://" + words.get(1) : words.get(1));
      Integer port = ports.get(target.getHost());
      if (refusal != 0 || port == null) {
        answer(client, (refusal == 0 ? 502 : refusal) + " No");
        return;
      }
      try (Socket server = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
        sockets.add(server);
        if (connect) {
          answer(client, "200 Tunnel");
        } else {
          forward(words.getFirst(), target, server.getOutputStream());
        }
        Thread up = Thread.ofVirtual().start(() -> pump(client, server));
        pump(server, client);
        up.join();
      }
    } catch (IOException | InterruptedException e) {
      // One side went away.
    }
  }

  private static void answer(Socket client, String status) throws IOException {
    client
        .getOutputStream()
        .write(("HTTP/1.1 " + status + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
  }

  private static void forward(String method, URI target, OutputStream out) throws IOException {
    String request =
        method
            + " "
            + target.getRawPath()
            + " HTTP/1.1\r\nHost: "
            + target.getRawAuthority()
            + "\r\n\r\n";
    out.write(request.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static void pump(Socket from, Socket to) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      in.transferTo(to.getOutputStream());
    } catch (IOException e) {
      // The tunnel is over.
    }
  }
}
