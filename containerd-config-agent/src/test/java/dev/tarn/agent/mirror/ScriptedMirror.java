package dev.tarn.agent.mirror;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A real listener on loopback that answers each connection as a script says. */
public final class ScriptedMirror implements AutoCloseable {
  /** What is done with one connection. */
  @FunctionalInterface
  public interface Script {
    void play(Request request, OutputStream out) throws Exception;
  }

  /** What was asked. */
  public record Request(String target, String proof, String text, Socket socket) {
    public String challenge() {
      return target.substring(target.indexOf('=') + 1);
    }

    public byte[] body() {
      return text.getBytes(StandardCharsets.UTF_8);
    }
  }

  private final ServerSocket listener;
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private volatile Script script;

  public ScriptedMirror(Script script) throws IOException {
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    this.script = script;
    Thread thread = new Thread(this::serve, "scripted-mirror");
    thread.setDaemon(true);
    thread.start();
  }

  public void play(Script next) {
    script = next;
  }

  public String address() {
    return "127.0.0.1:" + listener.getLocalPort();
  }

  public InetSocketAddress socketAddress() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  public List<Request> requests() {
    return requests;
  }

  /** Answers as the node's own Tarn does. */
  public Script proving(byte[] secret, String body) {
    return (request, out) -> answer(out, 200, proof(secret, request.challenge(), body), body);
  }

  public String proof(byte[] secret, String challenge, String body) {
    return Proof.of(
        Proof.NODE, secret, address(), challenge, body.getBytes(StandardCharsets.UTF_8));
  }

  public static void answer(OutputStream out, int status, @Nullable String proof, String body)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    String head =
        "HTTP/1.1 "
            + status
            + " Fine\r\ncontent-length: "
            + bytes.length
            + (proof == null ? "" : "\r\ntarn-proof: " + proof)
            + "\r\n\r\n";
    out.write(head.getBytes(StandardCharsets.US_ASCII));
    out.write(bytes);
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }

  private void serve() {
    while (!listener.isClosed()) {
      try (Socket socket = listener.accept()) {
        Request request = read(socket);
        requests.add(request);
        script.play(request, socket.getOutputStream());
        socket.getOutputStream().flush();
      } catch (Exception _) {
        // The script's end, or the listener's.
      }
    }
  }

  private static Request read(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("cut");
      }
      head.write(next);
    }
    String[] lines = head.toString(StandardCharsets.ISO_8859_1).split("\r\n", -1);
    String proof = "";
    int length = 0;
    for (String line : lines) {
      if (line.startsWith("Tarn-Proof: ")) {
        proof = line.substring("Tarn-Proof: ".length());
      }
      if (line.startsWith("Content-Length: ")) {
        length = Integer.parseInt(line.substring("Content-Length: ".length()));
      }
    }
    String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
    return new Request(lines[0].split(" ", -1)[1], proof, body, socket);
  }
}
