package dev.tarn.e2e.http;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * A reverse proxy that counts what passes and fails on command. Every connection runs on a thread
 * of its own, a virtual one unless told otherwise; commands come from any thread.
 */
public final class Relay implements AutoCloseable {
  private static final int CONNECT_LIMIT_MILLIS = 5_000;
  private static final int TLS_HANDSHAKE = 0x16;

  private final Route route;
  private final InetSocketAddress address;
  private final Surroundings surroundings;
  private final Traffic traffic = new Traffic();
  private final Faults faults = new Faults();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private @Nullable ServerSocket listener;
  private @Nullable Thread acceptor;

  /** Listens on a port of the loopback address and sends requests where the route says. */
  public Relay(int port, Route route) {
    this(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
        route,
        new Surroundings(Thread.ofVirtual().factory(), Relay::dial, 0));
  }

  /** Listens there, in the network namespace of the calling thread. */
  public Relay(InetSocketAddress address, Route route, Surroundings surroundings) {
    this.route = route;
    this.address = address;
    this.surroundings = surroundings;
    start();
  }

  /**
   * What a relay needs besides.
   *
   * @param threads make the threads of listeners and connections
   * @param sendBufferBytes what may wait in the kernel and be counted though it has not left, or 0
   *     for as much as the kernel likes
   */
  public record Surroundings(ThreadFactory threads, Dialer dialer, int sendBufferBytes) {}

  /** Opens connections to origins, on the thread of the connection that is passed on. */
  @FunctionalInterface
  public interface Dialer {
    Socket dial(InetSocketAddress origin) throws IOException, InterruptedException;
  }

  /** A connection from the network namespace of the calling thread. */
  public static Socket dial(InetSocketAddress origin) throws IOException {
    Socket socket = new Socket();
    try {
      socket.connect(origin, CONNECT_LIMIT_MILLIS);
      socket.setTcpNoDelay(true);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  public URI uri() {
    return URI.create("http://" + authority());
  }

  public String authority() {
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }

  public InetSocketAddress address() {
    return address;
  }

  public Traffic traffic() {
    return traffic;
  }

  /** From now on the port refuses, and every connection ends with FIN, wherever it is. */
  public synchronized void stop() {
    if (listener != null) {
      closeQuietly(listener);
      listener = null;
      awaitAcceptor();
    }
    open.forEach(Relay::closeQuietly);
  }

  /** Only with it the port is really given up: until then it may take one more connection. */
  private void awaitAcceptor() {
    Thread accepting = acceptor;
    if (accepting == null) {
      return;
    }
    try {
      accepting.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Listens on the same port again. */
  public synchronized void start() {
    if (listener != null) {
      return;
    }
    try {
      ServerSocket socket = new ServerSocket();
      socket.setReuseAddress(true);
      socket.bind(address, 1024);
      listener = socket;
      Thread accepting = surroundings.threads().newThread(() -> accept(socket));
      acceptor = accepting;
      accepting.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** From now on connections are accepted and requests read, and nothing more is answered. */
  public void hang() {
    faults.hang(true);
  }

  public void recover() {
    faults.hang(false);
  }

  /** No body passes faster than that. */
  public void throttle(long bytesPerSecond) {
    faults.bytesPerSecond(bytesPerSecond);
  }

  /** The blob's bytes from that offset on are held back until the hold is released. */
  public Hold hold(String digest, long offset) {
    return faults.hold(digest, offset);
  }

  @Override
  public void close() {
    stop();
  }

  private void accept(ServerSocket socket) {
    while (true) {
      try {
        Socket client = socket.accept();
        open.add(client);
        surroundings.threads().newThread(() -> serve(client)).start();
      } catch (IOException stopped) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      client.setTcpNoDelay(true);
      if (surroundings.sendBufferBytes() > 0) {
        client.setSendBufferSize(surroundings.sendBufferBytes());
      }
      InputStream in = new BufferedInputStream(client.getInputStream());
      OutputStream out = client.getOutputStream();
      if (isTls(in)) {
        // As every server does, so that a client that tries HTTPS first finds out.
        out.write("HTTP/1.0 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        return;
      }
      boolean again = true;
      while (again) {
        Optional<Head> request = Head.read(in);
        if (request.isEmpty()) {
          return;
        }
        again = exchange(request.get(), in, out);
      }
    } catch (IOException gone) {
      // Either side hung up, which is what many cases are about.
      return;
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(client);
    }
  }

  private static boolean isTls(InputStream in) throws IOException {
    in.mark(1);
    boolean handshake = in.read() == TLS_HANDSHAKE;
    in.reset();
    return handshake;
  }

  /** Passes one request and its answer; whether the connection can carry another. */
  private boolean exchange(Head request, InputStream in, OutputStream out)
      throws IOException, InterruptedException {
    Exchange exchange = traffic.begin(request);
    faults.awaitAnswering();
    Route.Hop hop = route.next(request);
    try (Socket origin = surroundings.dialer().dial(hop.origin())) {
      open.add(origin);
      try {
        OutputStream toOrigin = origin.getOutputStream();
        toOrigin.write(hop.request().with("Connection", Optional.of("close")).bytes());
        Bodies.passRequest(request, in, toOrigin);
        toOrigin.flush();
        return answer(exchange, new BufferedInputStream(origin.getInputStream()), out);
      } finally {
        open.remove(origin);
      }
    }
  }

  private boolean answer(Exchange exchange, InputStream fromOrigin, OutputStream out)
      throws IOException, InterruptedException {
    Head head;
    do {
      head = Head.read(fromOrigin).orElseThrow(() -> new IOException("no answer"));
    } while (head.status() < 200);
    faults.awaitAnswering();
    boolean bodiless =
        exchange.method().equals("HEAD") || head.status() == 204 || head.status() == 304;
    boolean reusable = bodiless || head.contentLength().isPresent();
    exchange.answered(head.status());
    out.write(head.with("Connection", reusable ? Optional.empty() : Optional.of("close")).bytes());
    out.flush();
    if (!bodiless) {
      long start = Bodies.firstByte(head);
      Bodies.passAnswer(fromOrigin, out, head.contentLength(), start, exchange, faults);
    }
    return reusable;
  }

  private static void closeQuietly(AutoCloseable socket) {
    try {
      socket.close();
    } catch (Exception gone) {
      // It was on its way out.
      return;
    }
  }
}
