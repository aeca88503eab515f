package dev.tarn.server.testing;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One connection of a scripted server: reads requests, writes what it is told. */
final class ScriptedConnection {
  private static final Pattern RANGE = Pattern.compile("bytes=([0-9]+)-([0-9]*)");
  private static final int WRITE_BYTES = 64 * 1024;

  private final Socket raw;
  private final Socket socket;
  private final int number;
  private final InputStream in;
  private final OutputStream out;

  /** The part of a reply's body that a request gets. */
  private record Part(int status, int from, int to, boolean head) {}

  /**
   * @param raw the TCP socket, which a reset needs
   * @param socket what bytes go through: the same, or TLS over it
   */
  ScriptedConnection(Socket raw, Socket socket, int number) throws IOException {
    this.raw = raw;
    this.socket = socket;
    this.number = number;
    this.in = new BufferedInputStream(socket.getInputStream());
    this.out = new BufferedOutputStream(socket.getOutputStream(), WRITE_BYTES);
  }

  /** The next request; empty at the end of the connection. */
  Optional<ScriptedRequest> read() throws IOException {
    List<String> head = readHead(in);
    if (head.isEmpty()) {
      return Optional.empty();
    }
    List<String> words = List.of(head.getFirst().split(" ", -1));
    Map<String, List<String>> headers = new HashMap<>();
    for (String header : head.subList(1, head.size())) {
      int colon = header.indexOf(':');
      headers
          .computeIfAbsent(
              header.substring(0, colon).toLowerCase(Locale.ROOT), name -> new ArrayList<>())
          .add(header.substring(colon + 1).strip());
    }
    int length = Integer.parseInt(headers.getOrDefault("content-length", List.of("0")).getFirst());
    String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
    return Optional.of(new ScriptedRequest(words.get(0), words.get(1), headers, body, number));
  }

  /** Request line and headers, up to the empty line; empty at the end of the stream. */
  static List<String> readHead(InputStream in) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      lines.add(line);
    }
    return lines;
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  /** Whether the connection may carry another request. */
  boolean write(ScriptedRequest request, Reply reply) throws IOException, InterruptedException {
    if (reply.fault.isPresent() && reply.fault.get().at() < 0 && !happens(reply.fault.get())) {
      return false;
    }
    Part part = part(request, reply);
    out.write(head(reply, part).getBytes(StandardCharsets.ISO_8859_1));
    if (!part.head() && !body(reply, part)) {
      return false;
    }
    out.flush();
    return !reply.closes;
  }

  private static Part part(ScriptedRequest request, Reply reply) {
    boolean head = request.method().equals("HEAD");
    int length = reply.body.length;
    Matcher range = RANGE.matcher(request.header("Range").orElse(""));
    if (!reply.ranges || reply.status != 200 || !range.matches()) {
      return new Part(reply.status, 0, length, head);
    }
    long from = Long.parseLong(range.group(1));
    if (from >= length) {
      return new Part(416, 0, 0, head);
    }
    long last = range.group(2).isEmpty() ? length - 1 : Long.parseLong(range.group(2));
    return new Part(206, (int) from, (int) Math.min(length, last + 1), head);
  }

  private static String head(Reply reply, Part part) {
    StringBuilder head = new StringBuilder("HTTP/1.1 " + part.status() + " Scripted\r\n");
    Map<String, List<String>> headers = new HashMap<>();
    switch (reply.framing) {
      case LENGTH ->
          headers.put("content-length", List.of(String.valueOf(part.to() - part.from())));
      case CHUNKED -> headers.put("transfer-encoding", List.of("chunked"));
      case CLOSE -> headers.put("connection", List.of("close"));
    }
    if (part.status() == 206) {
      headers.put(
          "content-range",
          List.of("bytes " + part.from() + "-" + (part.to() - 1) + "/" + reply.body.length));
    } else if (part.status() == 416) {
      headers.put("content-range", List.of("bytes */" + reply.body.length));
    }
    reply.headers.forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values));
    headers.forEach(
        (name, values) ->
            values.forEach(value -> head.append(name).append(": ").append(value).append("\r\n")));
    return head.append("\r\n").toString();
  }

  /** Sends the body; false where a fault ended the connection. */
  private boolean body(Reply reply, Part part) throws IOException, InterruptedException {
    int length = part.to() - part.from();
    long faultAt = reply.fault.map(Reply.Fault::at).orElse(Long.MAX_VALUE);
    int step = reply.drip.map(Reply.Drip::bytes).orElse(WRITE_BYTES);
    boolean passed = faultAt < 0;
    for (int sent = 0; sent < length || !passed; ) {
      if (!passed && sent >= Math.min(faultAt, length)) {
        passed = true;
        if (reply.fault.isPresent() && faultAt <= length && !happens(reply.fault.get())) {
          return false;
        }
        continue;
      }
      int end = (int) Math.min(Math.min(length, sent + (long) step), passed ? length : faultAt);
      send(reply, part.from() + sent, part.from() + end);
      sent = end;
      if (reply.drip.isPresent()) {
        out.flush();
        LockSupport.parkNanos(reply.drip.get().pause().toNanos());
      }
    }
    if (reply.framing == Reply.Framing.CHUNKED) {
      out.write("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
    }
    return true;
  }

  private void send(Reply reply, int from, int to) throws IOException {
    boolean chunked = reply.framing == Reply.Framing.CHUNKED;
    if (chunked) {
      out.write((Integer.toHexString(to - from) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }
    out.write(reply.body, from, to - from);
    if (chunked) {
      out.write("\r\n".getBytes(StandardCharsets.ISO_8859_1));
    }
  }

  /** Lets a fault happen; false where the connection is over. */
  private boolean happens(Reply.Fault fault) throws IOException, InterruptedException {
    out.flush();
    return switch (fault.kind()) {
      case FIN -> {
        socket.close();
        yield false;
      }
      case RESET -> {
        raw.setSoLinger(true, 0);
        raw.close();
        yield false;
      }
      case HOLD -> {
        fault.gate().orElseGet(() -> new CountDownLatch(1)).await();
        yield true;
      }
    };
  }
}
