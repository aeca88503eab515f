package dev.tarn.e2e.cluster;

import dev.tarn.e2e.http.Head;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * An answer on a connection of its own, whose body is read by whoever has it; on the thread that
 * asked, in whose network namespace the socket is. Closing it closes the connection.
 */
public final class Reply implements AutoCloseable {
  private static final int CONNECT_LIMIT_MILLIS = 5_000;

  /** As the CRI ends a pull that makes no progress. */
  private static final int SILENCE_LIMIT_MILLIS = 60_000;

  private static final int SMALL_BODY_BYTES = 4 * 1024 * 1024;

  private final Socket socket;
  private final Head head;
  private final InputStream in;
  private final boolean bodiless;
  private long left;
  private boolean over;

  private Reply(Socket socket, Head head, InputStream in, boolean bodiless) {
    this.socket = socket;
    this.head = head;
    this.in = in;
    this.bodiless = bodiless;
    this.left = head.chunked() ? 0 : head.contentLength().orElse(Long.MAX_VALUE);
  }

  /** Sends a request and reads the answer's head. */
  public static Reply to(URI server, Head request) throws IOException {
    Socket socket = new Socket();
    try {
      socket.setSoTimeout(SILENCE_LIMIT_MILLIS);
      socket.connect(
          new InetSocketAddress(server.getHost(), server.getPort()), CONNECT_LIMIT_MILLIS);
      socket.getOutputStream().write(request.bytes());
      InputStream in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
      Head head = Head.read(in).orElseThrow(() -> new EOFException("no answer"));
      return new Reply(socket, head, in, request.method().equals("HEAD"));
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  public Head head() {
    return head;
  }

  public int status() {
    return head.status();
  }

  /**
   * Some bytes of the body, or -1 at its end.
   *
   * @throws EOFException where the connection ends before the body does
   */
  public int read(byte[] into) throws IOException {
    if (bodiless || over) {
      return -1;
    }
    if (left == 0 && head.chunked()) {
      left = nextChunk();
    }
    if (left == 0) {
      over = true;
      return -1;
    }
    int read = in.read(into, 0, (int) Math.min(into.length, left));
    if (read < 0) {
      if (head.contentLength().isEmpty() && !head.chunked()) {
        over = true;
        return -1;
      }
      throw new EOFException("the body ended " + left + " bytes early");
    }
    left -= read;
    if (left == 0 && head.chunked()) {
      line();
    }
    return read;
  }

  private long nextChunk() throws IOException {
    return Long.parseLong(line().split(";", 2)[0].strip(), 16);
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    int next;
    while ((next = in.read()) != '\n') {
      if (next < 0) {
        throw new EOFException("the body ended within a chunk");
      }
      line.append((char) next);
    }
    return line.toString().strip();
  }

  /** The whole of a small body. */
  public byte[] small() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] step = new byte[16 * 1024];
    for (int read = read(step); read >= 0; read = read(step)) {
      all.write(step, 0, read);
      if (all.size() > SMALL_BODY_BYTES) {
        throw new IOException("a document of more than " + SMALL_BODY_BYTES + " bytes");
      }
    }
    return all.toByteArray();
  }

  public String smallText() throws IOException {
    return new String(small(), StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
