package dev.tarn.agent.cri;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.agent.cri.ScriptedSocket.Script;
import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class CriTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(200);
  private static final int LAST = Frame.END_HEADERS | Frame.END_STREAM;
  private static final byte[] STATUS_0 = HexFormat.of().parseHex("00889acac8b21234da8f0130");
  private static final byte[] STATUS_5 = HexFormat.of().parseHex("00889acac8b21234da8f0135");

  @TempDir private Path directory;

  @Test
  void aPullIsWhatTheProtocolSays() throws Exception {
    Script script =
        c -> {
          c.readRequest();
          c.send(Frame.HEADERS, LAST, 1, STATUS_5);
        };
    try (ScriptedSocket server = server(script)) {
      Answer answer = cri().pullImage("canary.tarn.invalid/x:latest", LIMIT);

      assertThat(answer).isEqualTo(new Answer.Refused(Optional.of(5)));
      assertThat(server.received)
          .extracting(Frame::type)
          .containsExactly(Frame.SETTINGS, Frame.HEADERS, Frame.DATA);
      String headers = new String(server.received.get(1).payload(), StandardCharsets.US_ASCII);
      assertThat(headers).contains("/runtime.v1.ImageService/PullImage");
      assertThat(server.received.get(2).payload())
          .startsWith(0, 0, 0, 0, 32, 10, 30, 10, 28, 'c', 'a', 'n')
          .hasSize(5 + 32);
    }
  }

  @Test
  @Timeout(20)
  void whoAcceptsNoConnectionIsNotWaitedFor() throws Exception {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("c.sock"));
    List<SocketChannel> waiting = new ArrayList<>();
    try (ServerSocketChannel hanging = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      hanging.bind(address, 1);
      boolean room = true;
      while (room) {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        waiting.add(channel);
        channel.configureBlocking(false);
        try {
          room = channel.connect(address);
        } catch (SocketException _) {
          room = false;
        }
      }

      assertThat(cri().pullImage("canary.tarn.invalid/x:latest", LIMIT))
          .isInstanceOf(Answer.Unreachable.class);
    } finally {
      for (SocketChannel channel : waiting) {
        channel.close();
      }
    }
  }

  @Test
  void settingsAndPingsAreAnswered() throws Exception {
    byte[] ping = {8, 7, 6, 5, 4, 3, 2, 1};
    Script script =
        c -> {
          c.readRequest();
          c.send(Frame.SETTINGS, 0, 0, new byte[0]);
          c.send(Frame.PING, 0, 0, ping);
          Frame first = c.readFrame();
          Frame second = c.readFrame();
          boolean right =
              first.type() == Frame.SETTINGS
                  && first.has(Frame.ACK)
                  && second.has(Frame.ACK)
                  && Arrays.equals(second.payload(), ping);
          c.send(Frame.HEADERS, LAST, 1, right ? STATUS_5 : STATUS_0);
        };
    try (ScriptedSocket _ = server(script)) {
      assertThat(cri().pullImage("a.invalid/b:c", LIMIT))
          .isEqualTo(new Answer.Refused(Optional.of(5)));
    }
  }

  @Test
  void theVersionIsReadFromAnAnswerInPieces() throws Exception {
    byte[] version = Protobuf.field(3, "v2.1.4");
    byte[] message =
        ByteBuffer.allocate(5 + version.length)
            .put((byte) 0)
            .putInt(version.length)
            .put(version)
            .array();
    Script script =
        c -> {
          c.readRequest();
          c.send(Frame.HEADERS, Frame.END_HEADERS, 1, new byte[] {(byte) 0x88});
          for (byte each : message) {
            c.send(Frame.DATA, 0, 1, new byte[] {each});
          }
          c.send(Frame.HEADERS, Frame.END_STREAM, 1, new byte[0]);
          c.send(Frame.CONTINUATION, Frame.END_HEADERS, 1, STATUS_0);
        };
    try (ScriptedSocket _ = server(script)) {
      assertThat(cri().version(LIMIT)).contains("v2.1.4");
    }
  }

  @Test
  void aResetEndsTheCall() throws Exception {
    Script script =
        c -> {
          c.readRequest();
          c.send(Frame.RST_STREAM, 0, 1, new byte[4]);
        };
    try (ScriptedSocket _ = server(script)) {
      assertThat(cri().pullImage("a.invalid/b:c", LIMIT))
          .isEqualTo(new Answer.Refused(Optional.empty()));
    }
  }

  @Test
  void whoSaysNothingIsSilentWhenTheTimeIsOver() throws Exception {
    Script script =
        c -> {
          c.readRequest();
          c.readFrame();
        };
    try (ScriptedSocket _ = server(script)) {
      assertThat(cri().pullImage("a.invalid/b:c", SHORT)).isEqualTo(new Answer.Silent());
    }
  }

  @Test
  void nobodyThereIsUnreachable() {
    assertThat(cri().pullImage("a.invalid/b:c", LIMIT)).isInstanceOf(Answer.Unreachable.class);
    assertThat(new Cri(Path.of("/" + "x".repeat(200))).version(LIMIT)).isEmpty();
  }

  @Test
  void whatIsNoHttp2IsUnreachable() throws Exception {
    Script script =
        c -> {
          c.readRequest();
          c.raw(StandardCharsets.US_ASCII.encode("HTTP/1.1 400 Bad Request\r\n\r\n"));
        };
    try (ScriptedSocket _ = server(script)) {
      assertThat(cri().pullImage("a.invalid/b:c", LIMIT)).isInstanceOf(Answer.Unreachable.class);
    }
  }

  @Test
  void anAnswerWithoutEndIsCutOff() throws Exception {
    Script script =
        c -> {
          c.readRequest();
          while (true) {
            c.send(Frame.DATA, 0, 1, new byte[Frame.MAX_PAYLOAD_BYTES]);
          }
        };
    try (ScriptedSocket _ = server(script)) {
      assertThat(cri().pullImage("a.invalid/b:c", LIMIT)).isInstanceOf(Answer.Unreachable.class);
    }
  }

  @Test
  void noiseNeverThrows() throws Exception {
    Random random = new Random(7);
    for (int i = 0; i < 200; i++) {
      byte[] noise = new byte[random.nextInt(64)];
      random.nextBytes(noise);
      Frame frame = new Frame(random.nextInt(10), random.nextInt(256), 1, noise);
      byte[] sent = i % 2 == 0 ? noise : frame.encoded().array();
      Path socket = directory.resolve("n" + i);
      Script script =
          c -> {
            c.readRequest();
            c.raw(ByteBuffer.wrap(sent));
          };
      try (ScriptedSocket _ = new ScriptedSocket(socket, script)) {
        assertThat(new Cri(socket).pullImage("a.invalid/b:c", LIMIT))
            .isNotInstanceOf(Answer.Message.class);
      }
    }
  }

  private Cri cri() {
    return new Cri(directory.resolve("c.sock"));
  }

  private ScriptedSocket server(Script script) throws IOException {
    return new ScriptedSocket(directory.resolve("c.sock"), script);
  }
}
