package dev.tarn.agent.mirror;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;

/**
 * As much of a mirror as the agent speaks to: it knows the secret, and is always ready. For the
 * agent's training; no image comes from it.
 */
public final class ProvingMirror implements AutoCloseable {
  private static final int MAX_LINE = 8 * 1024;
  private static final String BODY = "state ready\nseen docker.io 1 0 containerd/2.1.4\n";

  private final SharedDirectory directory;
  private final ServerSocket listener;

  /**
   * Listens at a free port.
   *
   * @param directory the one that is shared with the agent
   */
  public ProvingMirror(Path directory) throws IOException {
    this.directory = new SharedDirectory(directory, new SecureRandom());
    this.listener = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::serve, "training-mirror");
    thread.setDaemon(true);
    thread.start();
  }

  public String address() {
    return "127.0.0.1:" + listener.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }

  private void serve() {
    while (!listener.isClosed()) {
      try (Socket socket = listener.accept()) {
        answer(socket);
      } catch (IOException _) {
        // The agent is gone, or the listener.
      }
    }
  }

  private void answer(Socket socket) throws IOException {
    InputStream in = new BufferedInputStream(socket.getInputStream());
    String request = line(in);
    int length = 0;
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      if (line.startsWith("Content-Length: ")) {
        length = Integer.parseInt(line.substring("Content-Length: ".length()));
      }
    }
    var _ = in.readNBytes(length);
    String target = request.split(" ", -1)[1];
    String challenge = target.substring(target.indexOf('=') + 1);
    byte[] body = BODY.getBytes(StandardCharsets.US_ASCII);
    String proof = Proof.of(Proof.NODE, directory.secret(), address(), challenge, body);
    String head =
        "HTTP/1.1 200 OK\r\nContent-Length: "
            + body.length
            + "\r\nTarn-Proof: "
            + proof
            + "\r\n\r\n";
    socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().write(body);
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    int next = in.read();
    while (next != '\n') {
      if (next < 0 || line.length() > MAX_LINE) {
        throw new IOException("no request");
      }
      line.append((char) next);
      next = in.read();
    }
    return line.toString().strip();
  }
}
