package dev.tarn.agent.mirror;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One request over HTTP/1.1 and its answer, on a connection of its own, with a limit to everything:
 * whoever listens there may be anybody. The JDK's client would take threads and memory that an
 * exchange every two seconds is not worth.
 */
final class Exchange {
  static final int MAX_HEAD_BYTES = 8 * 1024;
  static final int MAX_BODY_BYTES = 256 * 1024;
  private static final int FIRST_BUFFER_BYTES = 4 * 1024;

  private final InetSocketAddress address;
  private final Duration timeout;

  /**
   * With whoever listens there.
   *
   * @param timeout for all of it together
   */
  Exchange(InetSocketAddress address, Duration timeout) {
    this.address = address;
    this.timeout = timeout;
  }

  /** What came of it. */
  sealed interface Outcome {
    /** An answer. */
    final class Answered implements Outcome {
      private final int status;
      private final @Nullable String proof;
      private final byte[] body;

      private Answered(int status, @Nullable String proof, byte[] body) {
        this.status = status;
        this.proof = proof;
        this.body = body;
      }

      int status() {
        return status;
      }

      /** The header {@code Tarn-Proof}, {@code null} where there is none. */
      @Nullable String proof() {
        return proof;
      }

      byte[] body() {
        return body;
      }
    }

    /** Something that is no answer, or a larger one than any that is asked for. */
    record Nonsense(String why) implements Outcome {}

    /** Nothing, or only the beginning of an answer. */
    record Nothing(String why) implements Outcome {}
  }

  Outcome post(String target, String proof, byte[] body) {
    String head =
        "POST "
            + target
            + " HTTP/1.1\r\nHost: "
            + host()
            + "\r\nTarn-Proof: "
            + proof
            + "\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: "
            + body.length
            + "\r\nConnection: close\r\n\r\n";
    byte[] start = head.getBytes(StandardCharsets.US_ASCII);
    byte[] request = Arrays.copyOf(start, start.length + body.length);
    System.arraycopy(body, 0, request, start.length, body.length);
    long deadline = System.nanoTime() + timeout.toNanos();
    try (SocketChannel channel = SocketChannel.open();
        Selector selector = Selector.open()) {
      channel.configureBlocking(false);
      SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT);
      if (!channel.connect(address)) {
        do {
          await(selector, deadline, "no connection");
        } while (!channel.finishConnect());
      }
      key.interestOps(SelectionKey.OP_WRITE);
      ByteBuffer out = ByteBuffer.wrap(request);
      while (out.hasRemaining()) {
        if (channel.write(out) == 0) {
          await(selector, deadline, "the request is not read");
        }
      }
      key.interestOps(SelectionKey.OP_READ);
      return new Reception(channel, selector, deadline).read();
    } catch (IOException e) {
      return new Outcome.Nothing(reason(e));
    }
  }

  private String host() {
    String literal = address.getAddress().getHostAddress();
    return (literal.indexOf(':') >= 0 ? "[" + literal + "]:" : literal + ":") + address.getPort();
  }

  private static String reason(IOException failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }

  private static void await(Selector selector, long deadline, String what) throws IOException {
    long millis = (deadline - System.nanoTime()) / 1_000_000;
    if (millis <= 0) {
      throw new IOException(what + " in time");
    }
    selector.select(millis);
    selector.selectedKeys().clear();
  }

  /** The answer, while it comes. */
  private static final class Reception {
    private final SocketChannel channel;
    private final Selector selector;
    private final long deadline;
    private ByteBuffer in = ByteBuffer.allocate(FIRST_BUFFER_BYTES);
    private boolean ended;

    Reception(SocketChannel channel, Selector selector, long deadline) {
      this.channel = channel;
      this.selector = selector;
      this.deadline = deadline;
    }

    Outcome read() throws IOException {
      int headEnd = headEnd(0);
      while (headEnd < 0) {
        if (in.position() >= MAX_HEAD_BYTES) {
          return new Outcome.Nonsense("headers of more than " + MAX_HEAD_BYTES + " bytes");
        }
        int from = Math.max(0, in.position() - 3);
        if (!more()) {
          return in.position() == 0
              ? new Outcome.Nothing("closed without an answer")
              : new Outcome.Nothing("the answer is cut");
        }
        if (!begins()) {
          return new Outcome.Nonsense("that is not HTTP");
        }
        headEnd = headEnd(from);
      }
      if (headEnd > MAX_HEAD_BYTES) {
        return new Outcome.Nonsense("headers of more than " + MAX_HEAD_BYTES + " bytes");
      }
      String text = new String(in.array(), 0, headEnd, StandardCharsets.ISO_8859_1);
      Head head = Head.parse(text);
      return head == null ? new Outcome.Nonsense("that is not HTTP") : body(head, headEnd + 4);
    }

    private Outcome body(Head head, int start) throws IOException {
      if (head.length > MAX_BODY_BYTES) {
        return new Outcome.Nonsense("a body of more than " + MAX_BODY_BYTES + " bytes");
      }
      while (head.length < 0 || in.position() - start < head.length) {
        if (in.position() - start > MAX_BODY_BYTES) {
          return new Outcome.Nonsense("a body of more than " + MAX_BODY_BYTES + " bytes");
        }
        if (!more()) {
          break;
        }
      }
      int length = head.length < 0 ? in.position() - start : (int) head.length;
      if (in.position() - start < length) {
        return new Outcome.Nothing("the answer is cut");
      }
      byte[] body = Arrays.copyOfRange(in.array(), start, start + length);
      return new Outcome.Answered(head.status, head.proof, body);
    }

    /** Reads on; answers whether anything came before the end. */
    private boolean more() throws IOException {
      if (!in.hasRemaining()) {
        in = ByteBuffer.wrap(Arrays.copyOf(in.array(), in.capacity() * 2)).position(in.position());
      }
      while (!ended) {
        int read = channel.read(in);
        if (read > 0) {
          return true;
        }
        ended = read < 0;
        if (!ended) {
          await(selector, deadline, "no answer");
        }
      }
      return false;
    }

    private boolean begins() {
      byte[] wanted = {'H', 'T', 'T', 'P', '/', '1', '.'};
      int compared = Math.min(in.position(), wanted.length);
      return Arrays.equals(in.array(), 0, compared, wanted, 0, compared);
    }

    private int headEnd(int from) {
      byte[] bytes = in.array();
      for (int i = from; i + 3 < in.position(); i++) {
        if (bytes[i] == '\r'
            && bytes[i + 1] == '\n'
            && bytes[i + 2] == '\r'
            && bytes[i + 3] == '\n') {
          return i;
        }
      }
      return -1;
    }
  }

  /**
   * What the headers say.
   *
   * @param length of the body, or -1: until the end
   */
  private record Head(int status, long length, @Nullable String proof) {
    private static final int MAX_LENGTH_DIGITS = 9;

    static @Nullable Head parse(String text) {
      String[] lines = text.split("\r\n", -1);
      String first = lines[0];
      // HTTP/1.x NNN, and a reason or nothing.
      if (first.length() < 12 || first.charAt(8) != ' ') {
        return null;
      }
      int status = digits(first.substring(9, 12));
      if (status < 200 || (first.length() > 12 && first.charAt(12) != ' ')) {
        return null;
      }
      long length = -1;
      String proof = null;
      for (int i = 1; i < lines.length; i++) {
        int colon = lines[i].indexOf(':');
        if (colon <= 0) {
          return null;
        }
        String value = lines[i].substring(colon + 1).strip();
        switch (lines[i].substring(0, colon).toLowerCase(Locale.ROOT)) {
          case "content-length" -> {
            int given = value.length() > MAX_LENGTH_DIGITS ? -1 : digits(value);
            if (given < 0 || length >= 0) {
              return null;
            }
            length = given;
          }
          case "tarn-proof" -> {
            if (proof != null) {
              return null;
            }
            proof = value;
          }
          case "transfer-encoding" -> {
            return null;
          }
          default -> {}
        }
      }
      return new Head(status, length, proof);
    }

    private static int digits(String text) {
      int number = text.isEmpty() ? -1 : 0;
      for (int i = 0; i < text.length() && number >= 0; i++) {
        char c = text.charAt(i);
        number = c >= '0' && c <= '9' ? number * 10 + c - '0' : -1;
      }
      return number;
    }
  }
}
