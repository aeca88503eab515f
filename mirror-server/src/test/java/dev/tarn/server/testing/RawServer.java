package dev.tarn.server.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Answers every request with the same bytes, whatever they are, and either leaves the connection
 * open or closes it. One virtual thread per connection.
 */
public final class RawServer implements AutoCloseable {
  private static final Pattern LENGTH =
      Pattern.compile("^content-length: *([0-9]+)", Pattern.CASE_INSENSITIVE | Pattern.MULTILINE);

  private final ServerSocket listener;
  private final byte[] answer;
  private final boolean closes;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

  private RawServer(String answer, boolean closes) throws IOException {
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    this.answer = answer.getBytes(StandardCharsets.ISO_8859_1);
    this.closes = closes;
    Thread.ofVirtual().name("raw-accept").start(this::accept);
  }

  /** Leaves connections open. */
  public static RawServer answering(String answer) throws IOException {
    return new RawServer(answer, false);
  }

  /** Closes each connection after one answer. */
  public static RawServer answeringOnce(String answer) throws IOException {
    return new RawServer(answer, true);
  }

  public int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    while (true) {
      try {
        Socket socket = listener.accept();
        sockets.add(socket);
        Thread.ofVirtual().name("raw").start(() -> serve(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = socket.getInputStream();
      for (String head = head(in); !head.isEmpty(); head = head(in)) {
        Matcher length = LENGTH.matcher(head);
        in.readNBytes(length.find() ? Integer.parseInt(length.group(1)) : 0);
        socket.getOutputStream().write(answer);
        if (closes) {
          return;
        }
      }
    } catch (IOException e) {
      // The client went away, or the test is over.
    } finally {
      sockets.remove(socket);
    }
  }

  /** Everything up to the empty line; empty at the end of the stream. */
  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int c = in.read();
      if (c < 0) {
        return "";
      }
      head.append((char) c);
    }
    return head.toString();
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
}
