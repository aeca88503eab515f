package dev.tarn.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.server.testing.MirrorFixture;
import dev.tarn.server.testing.MirrorOptions;
import dev.tarn.server.testing.RawClient;
import dev.tarn.server.testing.RawClient.End;
import dev.tarn.server.testing.RawClient.Response;
import dev.tarn.server.testing.Sample;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Many requests on a connection, many connections, and clients that stay away. */
@Execution(ExecutionMode.CONCURRENT)
class ConnectionTest {
  private static final int REQUESTS = 40;

  /** Long enough to connect and ask, however slow the machine is. */
  private static final Duration IDLE = Duration.ofSeconds(2);

  @TempDir Path directory;

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String get(String uri) {
    return "GET " + uri + " HTTP/1.1\r\nHost: m\r\n\r\n";
  }

  private static void assertFin(InputStream in) throws IOException {
    assertThat(in.read()).as("FIN").isEqualTo(-1);
  }

  @Test
  void pipelinedRequestsAreAnsweredInTheirOrderThoughOneIsSlow() throws IOException {
    try (MirrorFixture mirror = MirrorFixture.start(directory, MirrorOptions.patient());
        Socket socket = RawClient.connect(mirror.address())) {
      CountDownLatch gate = new CountDownLatch(1);
      List<Sample> samples = new ArrayList<>();
      StringBuilder requests = new StringBuilder();
      for (int i = 0; i < REQUESTS; i++) {
        Sample sample = i % 3 == 0 ? Sample.manifest(i) : Sample.blob(i, 1000 + i);
        samples.add(sample);
        mirror.upstream.on(
            sample.path(), i == 5 ? sample.reply().heldAt(-1, gate) : sample.reply());
        requests.append(get(sample.uri()));
      }

      write(socket, requests.toString());
      InputStream in = socket.getInputStream();
      for (int i = 0; i < 5; i++) {
        assertThat(RawClient.read(in, false).body()).isEqualTo(samples.get(i).bytes());
      }
      Awaitility.await().until(() -> !mirror.upstream.requests(samples.get(5).path()).isEmpty());
      assertThat(in.available()).as("nothing overtakes the slow one").isZero();
      gate.countDown();

      for (int i = 5; i < REQUESTS; i++) {
        assertThat(RawClient.read(in, false).body()).isEqualTo(samples.get(i).bytes());
      }
    }
  }

  @Test
  void aThousandPipelinedRequestsAreAllAnswered() throws IOException {
    try (MirrorFixture mirror = MirrorFixture.start(directory, MirrorOptions.patient());
        Socket socket = RawClient.connect(mirror.address())) {
      write(socket, get("/v2/").repeat(1000));

      for (int i = 0; i < 1000; i++) {
        assertThat(RawClient.read(socket.getInputStream(), false).status()).isEqualTo(200);
      }
    }
  }

  @Test
  void aConnectionStaysOpenAfterEveryKindOfAnswer() throws IOException {
    try (MirrorFixture mirror = MirrorFixture.start(directory, MirrorOptions.patient());
        Socket socket = RawClient.connect(mirror.address())) {
      Sample blob = Sample.blob(1, 200_000);
      mirror.upstream.on(blob.path(), blob.reply());
      InputStream in = socket.getInputStream();

      write(socket, get("/v2/library/app/blobs/nonsense?ns=example.com"));
      assertThat(RawClient.read(in, false).status()).isEqualTo(404);
      write(socket, get(Sample.blob(2, 10).uri()));
      assertThat(RawClient.read(in, false).status()).isEqualTo(404);
      write(socket, get(blob.uri()));
      assertThat(RawClient.read(in, false).body()).isEqualTo(blob.bytes());
      write(socket, get(blob.uri()).replace("GET", "HEAD"));
      assertThat(RawClient.read(in, true).status()).isEqualTo(200);
      write(socket, get(blob.uri()).replace("\r\n\r\n", "\r\nRange: bytes=200000-\r\n\r\n"));
      assertThat(RawClient.read(in, false).status()).isEqualTo(416);
      write(socket, get(blob.uri()));
      assertThat(RawClient.read(in, false).body()).isEqualTo(blob.bytes());
    }
  }

  @Test
  void aClientThatAsksForItGetsItsConnectionClosed() throws IOException {
    try (MirrorFixture mirror = MirrorFixture.start(directory, MirrorOptions.patient())) {
      for (String request :
          List.of(
              "GET /v2/ HTTP/1.1\r\nHost: m\r\nConnection: close\r\n\r\n",
              "GET /v2/ HTTP/1.0\r\n\r\n")) {
        try (Socket socket = RawClient.connect(mirror.address())) {
          write(socket, request);
          assertThat(RawClient.read(socket.getInputStream(), false).text()).isEqualTo("{}");
          assertFin(socket.getInputStream());
        }
      }
    }
  }

  @Test
  void moreConnectionsThanAllowedAreTurnedAwayAndRoomIsMadeAgain() throws IOException {
    try (MirrorFixture mirror =
        MirrorFixture.start(directory, MirrorOptions.patient().withMaxConnections(2))) {
      try (Socket first = RawClient.connect(mirror.address());
          Socket second = RawClient.connect(mirror.address())) {
        for (Socket socket : List.of(first, second)) {
          write(socket, get("/v2/"));
          assertThat(RawClient.read(socket.getInputStream(), false).status()).isEqualTo(200);
        }

        Response third = RawClient.exchange(mirror.address(), "", false);

        assertThat(third.end()).isIn(End.NOTHING, End.RST);
        assertThat(mirror.endpoint().connections()).isEqualTo(2);
      }
      Awaitility.await()
          .ignoreExceptions()
          .until(() -> mirror.get("/v2/").status(), status -> status == 200);
    }
  }

  @Test
  void anIdleConnectionIsClosed() throws IOException {
    MirrorOptions options = MirrorOptions.patient().withIdleTimeout(IDLE);
    try (MirrorFixture mirror = MirrorFixture.start(directory, options);
        Socket silent = RawClient.connect(mirror.address());
        Socket halfway = RawClient.connect(mirror.address());
        Socket served = RawClient.connect(mirror.address())) {
      write(halfway, "GET /v2/ HTTP/1.1\r\nHost:");
      write(served, get("/v2/"));
      assertThat(RawClient.read(served.getInputStream(), false).status()).isEqualTo(200);

      assertFin(served.getInputStream());
      assertFin(silent.getInputStream());
      assertFin(halfway.getInputStream());
    }
  }

  @Test
  void aConnectionThatIsUsedIsNotIdle() throws IOException {
    MirrorOptions options = MirrorOptions.patient().withIdleTimeout(IDLE);
    try (MirrorFixture mirror = MirrorFixture.start(directory, options);
        Socket busy = RawClient.connect(mirror.address());
        Socket witness = RawClient.connect(mirror.address())) {
      CountDownLatch gate = new CountDownLatch(1);
      Sample slow = Sample.blob(1, 100);
      mirror.upstream.on(slow.path(), slow.reply().heldAt(-1, gate));

      write(busy, get(slow.uri()));
      assertFin(witness.getInputStream());
      gate.countDown();

      assertThat(RawClient.read(busy.getInputStream(), false).body()).isEqualTo(slow.bytes());
    }
  }
}
