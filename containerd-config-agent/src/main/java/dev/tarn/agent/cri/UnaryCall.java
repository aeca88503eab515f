package dev.tarn.agent.cri;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * One gRPC call over one connection: preface, settings, request, and then what comes, until the
 * stream ends or the time does. Nothing of the response is decoded but the message and the status;
 * whatever breaks the protocol ends the call.
 *
 * @see <a href="https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md">gRPC over HTTP2</a>
 */
final class UnaryCall {
  private static final int STREAM = 1;
  private static final int MAX_ANSWER_BYTES = 64 * 1024 - 1; // one window: no WINDOW_UPDATE is sent
  private static final int MAX_FRAMES = 10_000;
  private static final int GRPC_PREFIX_BYTES = 5;
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  /** SETTINGS_HEADER_TABLE_SIZE 0 and SETTINGS_ENABLE_PUSH 0. */
  private static final byte[] SETTINGS = {0, 1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0};

  private final SocketChannel channel;
  private final long deadline;
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();
  private final ByteArrayOutputStream block = new ByteArrayOutputStream();
  private boolean endsWithBlock;

  /** Borrows the channel, which must not block. */
  UnaryCall(SocketChannel channel, Duration limit) {
    this.channel = channel;
    this.deadline = System.nanoTime() + limit.toNanos();
  }

  Answer make(String method, byte[] message) throws IOException {
    try {
      write(ByteBuffer.wrap(PREFACE));
      send(Frame.SETTINGS, 0, 0, SETTINGS);
      send(Frame.HEADERS, Frame.END_HEADERS, STREAM, headers(method));
      ByteBuffer body = ByteBuffer.allocate(GRPC_PREFIX_BYTES + message.length);
      body.put((byte) 0).putInt(message.length).put(message);
      send(Frame.DATA, Frame.END_STREAM, STREAM, body.array());
      return answer();
    } catch (SocketTimeoutException e) {
      return new Answer.Silent();
    }
  }

  private Answer answer() throws IOException {
    for (int i = 0; i < MAX_FRAMES; i++) {
      Frame frame = read();
      if (frame.type() == Frame.SETTINGS && !frame.has(Frame.ACK)) {
        send(Frame.SETTINGS, Frame.ACK, 0, new byte[0]);
      } else if (frame.type() == Frame.PING && !frame.has(Frame.ACK)) {
        send(Frame.PING, Frame.ACK, 0, frame.payload());
      } else if (frame.type() == Frame.GOAWAY && !served(frame)) {
        throw new IOException("the server goes away");
      } else if (frame.stream() == STREAM && ends(frame)) {
        return result();
      }
    }
    throw new IOException("the server talks without end");
  }

  /** Whether a server that goes away still answers this call. */
  private static boolean served(Frame frame) {
    return frame.payload().length >= 4 && ByteBuffer.wrap(frame.payload()).getInt() >= STREAM;
  }

  private boolean ends(Frame frame) throws IOException {
    return switch (frame.type()) {
      case Frame.RST_STREAM -> true;
      case Frame.DATA -> {
        collect(data, frame);
        yield frame.has(Frame.END_STREAM);
      }
      case Frame.HEADERS -> {
        block.reset(); // of several blocks the last is the trailers
        collect(block, frame);
        endsWithBlock = frame.has(Frame.END_STREAM);
        yield endsWithBlock && frame.has(Frame.END_HEADERS);
      }
      case Frame.CONTINUATION -> {
        collect(block, frame);
        yield endsWithBlock && frame.has(Frame.END_HEADERS);
      }
      default -> false;
    };
  }

  private static void collect(ByteArrayOutputStream into, Frame frame) throws IOException {
    into.writeBytes(frame.content());
    if (into.size() > MAX_ANSWER_BYTES) {
      throw new IOException("an answer of more than " + MAX_ANSWER_BYTES + " bytes");
    }
  }

  private Answer result() {
    byte[] all = data.toByteArray();
    Optional<Integer> status = GrpcStatus.in(block.toByteArray());
    if (all.length >= GRPC_PREFIX_BYTES && status.orElse(0) == 0 && all[0] == 0) {
      int length = ByteBuffer.wrap(all, 1, 4).getInt();
      if (length >= 0 && length == all.length - GRPC_PREFIX_BYTES) {
        return new Answer.Message(ByteBuffer.wrap(all, GRPC_PREFIX_BYTES, length).slice());
      }
    }
    return new Answer.Refused(status);
  }

  private static byte[] headers(String method) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    literal(out, ":method", "POST");
    literal(out, ":scheme", "http");
    literal(out, ":path", method);
    literal(out, ":authority", "localhost");
    literal(out, "content-type", "application/grpc");
    literal(out, "te", "trailers");
    return out.toByteArray();
  }

  /** A field that is written out and not remembered (RFC 7541, 6.2.2); both below 127 bytes. */
  private static void literal(ByteArrayOutputStream out, String name, String value) {
    out.write(0);
    for (String part : new String[] {name, value}) {
      byte[] bytes = part.getBytes(StandardCharsets.US_ASCII);
      out.write(bytes.length);
      out.writeBytes(bytes);
    }
  }

  private void send(int type, int flags, int stream, byte[] payload) throws IOException {
    write(new Frame(type, flags, stream, payload).encoded());
  }

  private Frame read() throws IOException {
    ByteBuffer head = read(Frame.HEAD_BYTES);
    int length = ((head.get() & 0xff) << 16) | (head.getShort() & 0xffff);
    if (length > Frame.MAX_PAYLOAD_BYTES) {
      throw new IOException("that is no HTTP/2, or a frame of " + length + " bytes");
    }
    int type = head.get() & 0xff;
    int flags = head.get() & 0xff;
    int stream = head.getInt() & Integer.MAX_VALUE;
    return new Frame(type, flags, stream, read(length).array());
  }

  private ByteBuffer read(int count) throws IOException {
    ByteBuffer into = ByteBuffer.allocate(count);
    while (into.hasRemaining()) {
      int got = channel.read(into);
      if (got < 0) {
        throw new EOFException("the server closed the connection");
      }
      if (got == 0) {
        await(SelectionKey.OP_READ);
      }
    }
    return into.flip();
  }

  private void write(ByteBuffer from) throws IOException {
    while (from.hasRemaining()) {
      if (channel.write(from) == 0) {
        await(SelectionKey.OP_WRITE);
      }
    }
  }

  private void await(int operation) throws IOException {
    try (Selector selector = channel.provider().openSelector()) {
      channel.register(selector, operation);
      long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
      if (left <= 0 || selector.select(left) == 0) {
        throw new SocketTimeoutException();
      }
    }
  }
}
