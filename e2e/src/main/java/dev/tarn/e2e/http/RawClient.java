package dev.tarn.e2e.http;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Optional;

/** One request on a connection of its own, given up where told; blocks the calling thread. */
public final class RawClient {
  private static final int LIMIT_MILLIS = 60_000;
  private static final String ACCEPT =
      "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json, */*";

  private RawClient() {}

  /** An answer's head and as much of its body as was read. */
  public static final class Answer {
    private final Head head;
    private final byte[] body;

    private Answer(Head head, byte[] body) {
      this.head = head;
      this.body = body;
    }

    public Head head() {
      return head;
    }

    /** The body itself, not a copy. */
    public byte[] body() {
      return body;
    }
  }

  /** When and how a client gives up. */
  public sealed interface Patience {
    /** It reads everything. */
    record Endless() implements Patience {}

    /** It hangs up after that many bytes of the body, with RST or with FIN. */
    record Bytes(int bytes, boolean reset) implements Patience {}

    /** It hangs up before it reads anything. */
    record None() implements Patience {}
  }

  /** Asks, and gives the answer unless patience ended first. */
  public static Optional<Answer> ask(InetSocketAddress server, Head request, Patience patience)
      throws IOException {
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(LIMIT_MILLIS);
      socket.connect(server, LIMIT_MILLIS);
      socket.getOutputStream().write(request.bytes());
      InputStream in = new BufferedInputStream(socket.getInputStream());
      return switch (patience) {
        case Patience.None none -> Optional.empty();
        case Patience.Bytes some -> {
          Head head = Head.read(in).orElseThrow(() -> new IOException("no answer"));
          in.readNBytes((int) Math.min(some.bytes(), bodyLength(request, head)));
          if (some.reset()) {
            socket.setSoLinger(true, 0);
          }
          yield Optional.empty();
        }
        case Patience.Endless endless -> Optional.of(read(request, in));
      };
    }
  }

  private static long bodyLength(Head request, Head answer) {
    return request.method().equals("HEAD") ? 0 : answer.contentLength().orElse(Long.MAX_VALUE);
  }

  private static Answer read(Head request, InputStream in) throws IOException {
    Head head = Head.read(in).orElseThrow(() -> new IOException("no answer"));
    if (request.method().equals("HEAD")) {
      return new Answer(head, new byte[0]);
    }
    if (head.contentLength().isEmpty()) {
      // Whatever framing it is, it ends with the connection.
      return new Answer(head, in.readAllBytes());
    }
    long length = head.contentLength().get();
    byte[] body = in.readNBytes(Math.toIntExact(length));
    if (body.length != length) {
      throw new IOException(
          "a body of " + body.length + " bytes where " + length + " were announced");
    }
    return new Answer(head, body);
  }

  /** A request as containerd makes it, which asks for the connection to be closed after it. */
  public static Head request(String method, String target, Optional<String> range) {
    Head head =
        new Head(
            method + " " + target + " HTTP/1.1",
            List.of(
                new Head.Field("Host", "tarn.test"),
                new Head.Field("Accept", ACCEPT),
                new Head.Field("Connection", "close")));
    return head.with("Range", range);
  }
}
