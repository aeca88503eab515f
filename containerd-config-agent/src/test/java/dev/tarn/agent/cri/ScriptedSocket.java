package dev.tarn.agent.cri;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A server on a unix socket that takes one connection, and does there as it is told. */
final class ScriptedSocket implements Closeable {
  /** What it does. */
  interface Script {
    void run(Conversation conversation) throws IOException;
  }

  private final ServerSocketChannel listener;
  private final Thread thread;
  final List<Frame> received = new ArrayList<>();

  ScriptedSocket(Path socket, Script script) throws IOException {
    this.listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    listener.bind(UnixDomainSocketAddress.of(socket));
    this.thread = Thread.ofVirtual().start(() -> serve(script));
  }

  private void serve(Script script) {
    try (SocketChannel channel = listener.accept()) {
      script.run(new Conversation(channel));
    } catch (IOException e) {
      // the client went away, or the test is over
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
      thread.join();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** One connection. */
  final class Conversation {
    private static final int PREFACE_BYTES = 24;

    private final SocketChannel channel;
    private final DataInputStream in;

    Conversation(SocketChannel channel) {
      this.channel = channel;
      this.in = new DataInputStream(Channels.newInputStream(channel));
    }

    void readRequest() throws IOException {
      in.readNBytes(PREFACE_BYTES);
      do {
        received.add(readFrame());
      } while (!received.getLast().has(Frame.END_STREAM)
          || received.getLast().type() != Frame.DATA);
    }

    Frame readFrame() throws IOException {
      int length = (in.readUnsignedByte() << 16) | in.readUnsignedShort();
      int type = in.readUnsignedByte();
      int flags = in.readUnsignedByte();
      int stream = in.readInt();
      return new Frame(type, flags, stream, in.readNBytes(length));
    }

    void send(int type, int flags, int stream, byte[] payload) throws IOException {
      raw(new Frame(type, flags, stream, payload).encoded());
    }

    void raw(ByteBuffer bytes) throws IOException {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }
  }
}
