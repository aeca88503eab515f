package dev.tarn.e2e.access;

import dev.tarn.e2e.cluster.Certificates;
import dev.tarn.e2e.cluster.ServerTls;
import dev.tarn.e2e.http.Head;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;

/**
 * A member of the installation that answers wrongly: it stands before a real node, with that node's
 * certificate towards whoever asks and with the asker's towards the node, and alters what passes.
 * Every connection runs on a virtual thread of its own; commands come from any thread.
 */
final class FalseMember implements AutoCloseable {
  private static final int LIMIT_MILLIS = 20_000;
  private static final int PIECE_BYTES = 256 * 1024;

  private final ServerSocket listener;
  private final SSLContext asAsker;
  private final InetSocketAddress node;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger told = new AtomicInteger();
  private volatile Lie lie = Lie.TRUTH;

  private FalseMember(ServerSocket listener, SSLContext asAsker, InetSocketAddress node) {
    this.listener = listener;
    this.asAsker = asAsker;
    this.node = node;
  }

  /**
   * A request of a peer's.
   *
   * @param body a question as JSON, or empty
   */
  record Asked(Head head, String body) {
    /** Whether it wants bytes; else it is a question. */
    boolean wantsChunk() {
      return head.method().equals("GET");
    }

    /** Whether it wants a chunk from its first byte on. */
    boolean fromStart() {
      return head.target().contains("offset=0");
    }

    boolean isAbout(String digest) {
      return head.target().contains(digest) || body.contains(digest);
    }
  }

  /**
   * An answer.
   *
   * @param trailers what follows the body, where that comes in chunks
   * @param bytes how many of the body's leave before the connection ends; all where there are fewer
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Said(Head head, byte[] body, List<Head.Field> trailers, int bytes) {
    boolean success() {
      return head.status() == 200;
    }

    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }

    Said withBody(byte[] other) {
      return new Said(head, other, trailers, bytes);
    }

    Said withText(String other) {
      return withBody(other.getBytes(StandardCharsets.UTF_8));
    }

    Said withField(String name, String value) {
      return new Said(head.with(name, Optional.of(value)), body, trailers, bytes);
    }

    Said withTrailer(String name, String value) {
      List<Head.Field> changed = new ArrayList<>(trailers);
      changed.removeIf(field -> field.name().equalsIgnoreCase(name));
      changed.add(new Head.Field(name, value));
      return new Said(head, body, changed, bytes);
    }

    /** The connection ends after so many bytes of the body. */
    Said cutAfter(int count) {
      return new Said(head, body, trailers, count);
    }
  }

  /** What is said instead of the truth; the truth itself where it is not lied about. */
  @FunctionalInterface
  interface Lie {
    Said tell(Asked asked, Said truth) throws IOException;

    /** About chunks that were asked for from their first byte on. */
    static Lie ofChunks(Lie lie) {
      return (asked, truth) ->
          asked.wantsChunk() && asked.fromStart() && truth.success()
              ? lie.tell(asked, truth)
              : truth;
    }

    /** In answers to questions. */
    static Lie inAnswers(Lie lie) {
      return (asked, truth) ->
          !asked.wantsChunk() && truth.success() ? lie.tell(asked, truth) : truth;
    }

    Lie TRUTH = (_, truth) -> truth;
  }

  /**
   * Starts one, which tells the truth for now.
   *
   * @param own the real node's identity, under which it answers
   * @param asker the identity of the one who asks it
   * @param node where the real node listens for peers
   */
  static FalseMember start(
      int port, Certificates.Identity own, Certificates.Identity asker, int node)
      throws IOException, GeneralSecurityException {
    ServerSocket listener =
        ServerTls.context(own)
            .getServerSocketFactory()
            .createServerSocket(port, 128, InetAddress.getLoopbackAddress());
    FalseMember member =
        new FalseMember(
            listener,
            ServerTls.client(Optional.of(asker)),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), node));
    Thread.ofVirtual().start(member::accept);
    return member;
  }

  int port() {
    return listener.getLocalPort();
  }

  /** From now on it says this. */
  void tells(Lie what) {
    told.set(0);
    lie = what;
  }

  /** How often it did not say the truth. */
  int told() {
    return told.get();
  }

  private void accept() {
    while (true) {
      try {
        Socket asker = listener.accept();
        open.add(asker);
        Thread.ofVirtual().start(() -> serve(asker));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket asker) {
    try (asker;
        Socket real = asAsker.getSocketFactory().createSocket()) {
      real.connect(node, LIMIT_MILLIS);
      real.setSoTimeout(LIMIT_MILLIS);
      open.add(real);
      InputStream in = new BufferedInputStream(asker.getInputStream());
      InputStream fromReal = new BufferedInputStream(real.getInputStream());
      OutputStream out = new BufferedOutputStream(asker.getOutputStream());
      boolean again = true;
      while (again) {
        Optional<Head> head = Head.read(in);
        if (head.isEmpty()) {
          return;
        }
        byte[] body = in.readNBytes(head.get().contentLength().orElse(0L).intValue());
        real.getOutputStream().write(concatenated(head.get().bytes(), body));
        Said truth = read(fromReal);
        Asked asked = new Asked(head.get(), new String(body, StandardCharsets.UTF_8));
        Said said = lie.tell(asked, truth);
        if (!said.equals(truth)) {
          told.incrementAndGet();
        }
        again = write(said, out);
      }
    } catch (IOException gone) {
      // Either side hung up.
      return;
    } finally {
      open.remove(asker);
    }
  }

  private static byte[] concatenated(byte[] one, byte[] other) {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.writeBytes(one);
    both.writeBytes(other);
    return both.toByteArray();
  }

  private static Said read(InputStream in) throws IOException {
    Head head = Head.read(in).orElseThrow(() -> new IOException("no answer"));
    if (!head.chunked()) {
      byte[] body = in.readNBytes(head.contentLength().orElse(0L).intValue());
      return new Said(head, body, List.of(), Integer.MAX_VALUE);
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (int length = length(in); length > 0; length = length(in)) {
      body.writeBytes(in.readNBytes(length));
      in.skipNBytes(2);
    }
    // Read as a head whose start line is empty.
    List<Head.Field> trailers = new ArrayList<>();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      trailers.add(new Head.Field(line.substring(0, colon), line.substring(colon + 1).strip()));
    }
    return new Said(head, body.toByteArray(), trailers, Integer.MAX_VALUE);
  }

  private static int length(InputStream in) throws IOException {
    return Integer.parseInt(line(in).split(";", 2)[0].strip(), 16);
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new IOException("ended within a line");
      }
      line.append((char) next);
    }
    return line.toString().strip();
  }

  /** Whether the connection goes on. */
  private static boolean write(Said said, OutputStream out) throws IOException {
    int length = Math.min(said.bytes(), said.body().length);
    if (!said.head().chunked()) {
      String all = Integer.toString(said.body().length);
      out.write(said.head().with("Content-Length", Optional.of(all)).bytes());
      out.write(said.body(), 0, length);
      out.flush();
      return length == said.body().length;
    }
    out.write(said.head().bytes());
    for (int at = 0; at < length; at += PIECE_BYTES) {
      int piece = Math.min(PIECE_BYTES, length - at);
      out.write((Integer.toHexString(piece) + "\r\n").getBytes(StandardCharsets.US_ASCII));
      out.write(said.body(), at, piece);
      out.write(new byte[] {'\r', '\n'});
    }
    if (length < said.body().length) {
      out.flush();
      return false;
    }
    StringBuilder end = new StringBuilder("0\r\n");
    said.trailers().forEach(f -> end.append(f.name() + ": " + f.value() + "\r\n"));
    out.write(end.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
    return true;
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
