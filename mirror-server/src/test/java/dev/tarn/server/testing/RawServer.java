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

/**
 * Answers every request with the same bytes, whatever they are, and either leaves the connection
 * open or closes it. One virtual thread per connection.
 */
public final class RawServer implements AutoCloseable {
  private static final byte[] BLANK_LINE = {'\r', '\n', '\r', '\n'};
  private static final int MAX_BODY_BYTES = 4096;

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
      while (readHead(in)) {
        in.readNBytes(Math.min(in.available(), MAX_BODY_BYTES));
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

  private static boolean readHead(InputStream in) throws IOException {
    int matched = 0;
    while (matched < BLANK_LINE.length) {
      int c = in.read();
      if (c < 0) {
        return false;
      }
      matched = c == BLANK_LINE[matched] ? matched + 1 : c == BLANK_LINE[0] ? 1 : 0;
    }
    return true;
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
