package dev.tarn.server.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * A registry on a real socket that answers as told, wrong answers included. Each path has a
 * sequence of answers, the last of which is repeated; a path without any is 404. One virtual thread
 * per connection.
 *
 * <pre>{@code
 * try (ScriptedUpstream upstream = ScriptedUpstream.start()) {
 *   upstream.on("/v2/a/blobs/" + digest, Reply.blob(bytes).truncatedAt(100), Reply.blob(bytes));
 * }
 * }</pre>
 */
public final class ScriptedUpstream implements AutoCloseable {
  /** Answers a request; a {@link Reply} is one that looks at nothing. */
  @FunctionalInterface
  public interface Responder {
    Reply answer(ScriptedRequest request);
  }

  private static final class Script {
    final List<Responder> answers;
    final AtomicInteger next = new AtomicInteger();

    Script(List<Responder> answers) {
      this.answers = answers;
    }

    Responder take() {
      return answers.get(Math.min(next.getAndIncrement(), answers.size() - 1));
    }
  }

  private final ServerSocket listener;
  private final Optional<SSLContext> tls;
  private final Map<String, Script> scripts = new ConcurrentHashMap<>();
  private final List<ScriptedRequest> requests = new CopyOnWriteArrayList<>();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();

  private ScriptedUpstream(InetAddress address, Optional<SSLContext> tls) {
    this.tls = tls;
    try {
      this.listener = new ServerSocket();
      listener.bind(new InetSocketAddress(address, 0), 512);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** On 127.0.0.1, plain HTTP. */
  public static ScriptedUpstream start() {
    return started(new ScriptedUpstream(address("127.0.0.1"), Optional.empty()));
  }

  /** On 127.0.0.1, with TLS. */
  public static ScriptedUpstream startTls(SSLContext context) {
    return started(new ScriptedUpstream(address("127.0.0.1"), Optional.of(context)));
  }

  /** On another address of this machine, plain HTTP. */
  public static ScriptedUpstream startOn(String address) {
    return started(new ScriptedUpstream(address(address), Optional.empty()));
  }

  private static InetAddress address(String literal) {
    return InetAddress.ofLiteral(literal);
  }

  private static ScriptedUpstream started(ScriptedUpstream upstream) {
    upstream.spawn("scripted-accept", upstream::accept);
    return upstream;
  }

  /** Says how a path (without its query) is answered, in order, the last one for ever. */
  public ScriptedUpstream on(String path, Responder... answers) {
    scripts.put(path, new Script(List.of(answers)));
    return this;
  }

  /** {@code http://127.0.0.1:port}, without a slash at the end. */
  public String url() {
    return (tls.isPresent() ? "https://" : "http://") + authority();
  }

  /** {@code 127.0.0.1:port}. */
  public String authority() {
    return listener.getInetAddress().getHostAddress() + ":" + port();
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** Every request so far, in order of arrival. */
  public List<ScriptedRequest> requests() {
    return List.copyOf(requests);
  }

  /** The requests for a path so far. */
  public List<ScriptedRequest> requests(String path) {
    return requests.stream().filter(request -> request.path().equals(path)).toList();
  }

  /** How many requests for a path came by this method. */
  public long count(String method, String path) {
    return requests(path).stream().filter(request -> request.method().equals(method)).count();
  }

  /** How many connections were accepted so far. */
  public int connections() {
    return connections.get();
  }

  /** How many connections this side has not closed, nor noticed to be closed. */
  public int openConnections() {
    return sockets.size();
  }

  /** Closes every connection that is open now, idle ones too; new ones are still accepted. */
  public void closeConnections() {
    for (Socket socket : sockets) {
      closeQuietly(socket);
    }
  }

  /** Stops listening and cuts every connection. */
  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.forEach(Thread::interrupt);
    closeConnections();
  }

  private void accept() {
    while (!listener.isClosed()) {
      Socket socket;
      try {
        socket = listener.accept();
      } catch (IOException e) {
        return;
      }
      int number = connections.incrementAndGet();
      sockets.add(socket);
      spawn("scripted-" + number, () -> serve(socket, number));
    }
  }

  private void spawn(String name, Runnable work) {
    Thread thread =
        Thread.ofVirtual()
            .name(name)
            .unstarted(
                () -> {
                  try {
                    work.run();
                  } finally {
                    threads.remove(Thread.currentThread());
                  }
                });
    threads.add(thread);
    thread.start();
  }

  private void serve(Socket raw, int number) {
    try (raw) {
      raw.setTcpNoDelay(true);
      ScriptedConnection connection = new ScriptedConnection(raw, secured(raw), number);
      Optional<ScriptedRequest> request = connection.read();
      while (request.isPresent()) {
        requests.add(request.get());
        Script script = scripts.get(request.get().path());
        Responder responder = script == null ? Reply.status(404) : script.take();
        if (!connection.write(request.get(), responder.answer(request.get()))) {
          return;
        }
        request = connection.read();
      }
    } catch (IOException | InterruptedException e) {
      // The client went away, or the test is over.
    } finally {
      sockets.remove(raw);
    }
  }

  private Socket secured(Socket raw) throws IOException {
    if (tls.isEmpty()) {
      return raw;
    }
    SSLSocket socket =
        (SSLSocket) tls.get().getSocketFactory().createSocket(raw, null, raw.getPort(), true);
    socket.setUseClientMode(false);
    socket.startHandshake();
    return socket;
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is gone either way.
    }
  }
}
