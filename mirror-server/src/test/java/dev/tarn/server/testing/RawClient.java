package dev.tarn.server.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An HTTP client that sees what others hide: how a connection ended, and every byte until then. */
public final class RawClient {
  private static final int TIMEOUT_MILLIS = 20_000;

  private RawClient() {}

  /** How a response ended. */
  public enum End {
    /** All that was announced came. */
    WHOLE,
    /** The connection was closed in good order before that. */
    FIN,
    /** The connection was reset. */
    RST,
    /** The server closed without any answer. */
    NOTHING
  }

  /** A response, as far as it came. Header names are lower case. */
  @SuppressWarnings("ArrayRecordComponent")
  public record Response(int status, Map<String, String> headers, byte[] body, End end) {
    public String header(String name) {
      return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    }

    /** Whether a client would take it for all of what it asked for. */
    public boolean claimsWhole() {
      return (status == 200 || status == 206) && end == End.WHOLE;
    }

    public String text() {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  /** Sends one request on a connection of its own; {@code headers} are whole lines. */
  public static Response send(
      InetSocketAddress server, String method, String uri, String... headers) throws IOException {
    StringBuilder request = new StringBuilder(method + " " + uri + " HTTP/1.1\r\nHost: mirror\r\n");
    for (String header : headers) {
      request.append(header).append("\r\n");
    }
    return exchange(server, request.append("\r\n").toString(), method.equals("HEAD"));
  }

  public static Response get(InetSocketAddress server, String uri, String... headers)
      throws IOException {
    return send(server, "GET", uri, headers);
  }

  /** Sends these very characters and reads one response. */
  public static Response exchange(InetSocketAddress server, String request, boolean head)
      throws IOException {
    try (Socket socket = connect(server)) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return read(socket.getInputStream(), head);
    }
  }

  public static Socket connect(InetSocketAddress server) throws IOException {
    Socket socket = new Socket();
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.setTcpNoDelay(true);
    socket.connect(server, TIMEOUT_MILLIS);
    return socket;
  }

  /** Reads one response; the connection stays where it ends. */
  public static Response read(InputStream in, boolean head) throws IOException {
    String statusLine;
    Map<String, String> headers = new LinkedHashMap<>();
    try {
      statusLine = line(in);
      if (statusLine == null) {
        return new Response(0, headers, new byte[0], End.NOTHING);
      }
      for (String line = line(in); line != null && !line.isEmpty(); line = line(in)) {
        int colon = line.indexOf(':');
        headers.merge(
            line.substring(0, colon).toLowerCase(Locale.ROOT),
            line.substring(colon + 1).strip(),
            (first, second) -> first + "\n" + second);
      }
    } catch (SocketException e) {
      return new Response(0, headers, new byte[0], End.RST);
    }
    int status = Integer.parseInt(statusLine.split(" ", 3)[1]);
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    End end = head ? End.WHOLE : readBody(in, headers, body);
    return new Response(status, headers, body.toByteArray(), end);
  }

  private static End readBody(
      InputStream in, Map<String, String> headers, ByteArrayOutputStream body) throws IOException {
    try {
      if (headers.getOrDefault("transfer-encoding", "").equals("chunked")) {
        return readChunks(in, body);
      }
      String length = headers.get("content-length");
      return copy(in, body, length == null ? Long.MAX_VALUE : Long.parseLong(length))
          ? End.WHOLE
          : End.FIN;
    } catch (SocketException e) {
      return End.RST;
    }
  }

  private static End readChunks(InputStream in, ByteArrayOutputStream body) throws IOException {
    for (String size = line(in); size != null; size = line(in)) {
      long length = Long.parseLong(size.strip(), 16);
      if (!copy(in, body, length) || line(in) == null) {
        return End.FIN;
      }
      if (length == 0) {
        return End.WHOLE;
      }
    }
    return End.FIN;
  }

  private static boolean copy(InputStream in, ByteArrayOutputStream body, long length)
      throws IOException {
    byte[] buffer = new byte[64 * 1024];
    long left = length;
    while (left > 0) {
      int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (read < 0) {
        return false;
      }
      body.write(buffer, 0, read);
      left -= read;
    }
    return true;
  }

  private static @Nullable String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c >= 0; c = in.read()) {
      if (c == '\n') {
        return line.toString();
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return null;
  }
}
