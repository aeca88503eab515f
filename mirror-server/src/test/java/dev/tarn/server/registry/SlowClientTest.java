package dev.tarn.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.digest.Digest;
import dev.tarn.server.testing.MirrorFixture;
import dev.tarn.server.testing.MirrorOptions;
import dev.tarn.server.testing.RawClient;
import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.Sample;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Clients that take their bytes slowly, not at all, or leave. */
@Execution(ExecutionMode.CONCURRENT)
class SlowClientTest {
  /** More than the sockets' buffers hold. */
  private static final int BIG = 24 * 1024 * 1024;

  /** Long enough for a client that does take its bytes, however slow the machine is. */
  private static final Duration IDLE = Duration.ofSeconds(2);

  /** Long enough for buffers of some megabytes to drain twice, at the pace of a slow client. */
  private static final Duration STEADY_IDLE = Duration.ofMillis(1500);

  private static final Duration PAUSE = Duration.ofMillis(55);

  @TempDir Path directory;

  private static MirrorOptions shortIdle() {
    return MirrorOptions.patient().withIdleTimeout(IDLE);
  }

  private static Socket ask(MirrorFixture mirror, String uri) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(64 * 1024);
    socket.setSoTimeout(20_000);
    socket.connect(mirror.address());
    send(socket, uri);
    return socket;
  }

  private static void send(Socket socket, String uri) throws IOException {
    socket
        .getOutputStream()
        .write(("GET " + uri + " HTTP/1.1\r\nHost: m\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
  }

  private static void store(MirrorFixture mirror, Sample blob) throws IOException {
    mirror.upstream.on(blob.path(), blob.reply());
    assertThat(Digest.sha256(mirror.get(blob.uri()).body())).isEqualTo(blob.digest());
    mirror.awaitQuiet();
  }

  private static void awaitNoConnection(MirrorFixture mirror) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(15))
        .until(() -> mirror.endpoint().connections() == 0);
  }

  @Test
  void aClientThatTakesNothingOfABlobOnDiskIsClosed() throws IOException {
    try (MirrorFixture mirror = MirrorFixture.start(directory, shortIdle())) {
      Sample blob = Sample.blob(1, BIG);
      store(mirror, blob);

      try (Socket _ = ask(mirror, blob.uri())) {
        awaitNoConnection(mirror);
        mirror.awaitFilesClosed();
      }
      Awaitility.await().until(() -> mirror.finished.size() == 2);
      assertThat(mirror.finished.getLast().completed()).isFalse();
    }
  }

  @Test
  void aClientThatTakesNothingOfABlobThatArrivesIsClosedAndHoldsUpNobody() throws IOException {
    try (MirrorFixture mirror = MirrorFixture.start(directory, shortIdle())) {
      Sample blob = Sample.blob(2, BIG);
      mirror.upstream.on(blob.path(), blob.reply());

      try (Socket _ = ask(mirror, blob.uri())) {
        assertThat(Digest.sha256(mirror.get(blob.uri()).body())).isEqualTo(blob.digest());
        awaitNoConnection(mirror);
        mirror.awaitFilesClosed();
      }
      assertThat(mirror.upstream.requests()).hasSize(1);
    }
  }

  @Test
  void aClientThatTakesNoManifestIsClosed() throws IOException {
    try (MirrorFixture mirror = MirrorFixture.start(directory, shortIdle())) {
      byte[] bytes = new byte[7_000_000];
      String path = Sample.REPOSITORY + "manifests/" + Digest.sha256(bytes);
      mirror.upstream.on(path, Reply.manifest(Sample.MANIFEST_TYPE, bytes));

      try (Socket socket = ask(mirror, path + Sample.NS)) {
        for (int i = 0; i < 3; i++) {
          send(socket, path + Sample.NS);
        }
        Awaitility.await().until(() -> mirror.endpoint().connections() == 1);
        awaitNoConnection(mirror);
      }
    }
  }

  @Test
  void aClientThatTakesNothingOfWhatPassesByIsClosedAndUpstreamLetGo() throws IOException {
    try (MirrorFixture mirror =
        MirrorFixture.start(directory, shortIdle().withFreeSpace(1_000_000))) {
      Sample blob = Sample.blob(3, BIG);
      mirror.upstream.on(blob.path(), blob.reply());

      try (Socket _ = ask(mirror, blob.uri())) {
        awaitNoConnection(mirror);
      }
      Awaitility.await().until(() -> mirror.upstream.openConnections() == 0);
    }
  }

  @Test
  void aClientThatIsSlowButSteadyGetsAllOfABlobOnDisk() throws IOException {
    MirrorOptions options = MirrorOptions.patient().withIdleTimeout(STEADY_IDLE);
    try (MirrorFixture mirror = MirrorFixture.start(directory, options)) {
      Sample blob = Sample.blob(4, BIG);
      store(mirror, blob);
      try (Socket socket = ask(mirror, blob.uri())) {
        assertSlowlyRead(socket, blob);
      }
    }
  }

  @Test
  void aClientThatIsSlowButSteadyGetsAllOfABlobThatArrives() throws IOException {
    CountDownLatch gate = new CountDownLatch(1);
    MirrorOptions options = MirrorOptions.patient().withIdleTimeout(STEADY_IDLE);
    try (MirrorFixture mirror = MirrorFixture.start(directory, options)) {
      Sample blob = Sample.blob(5, BIG);
      // Upstream's last bytes take a while, so that the blob keeps arriving; much of it is here.
      mirror.upstream.on(
          blob.path(), blob.reply().truncatedAt(BIG - 10), blob.reply().heldAt(-1, gate));
      try (Socket first = ask(mirror, blob.uri())) {
        first.getInputStream().readNBytes(1000);
        Awaitility.await().until(() -> mirror.fetchedBytes.get() == BIG - 10);
      }
      try (Socket socket = ask(mirror, blob.uri())) {
        assertSlowlyRead(socket, blob, gate);
      }
    }
  }

  private static void assertSlowlyRead(Socket socket, Sample blob) throws IOException {
    assertSlowlyRead(socket, blob, new CountDownLatch(1));
  }

  /** Reads for several times as long as a client may be idle; opens the gate towards the end. */
  private static void assertSlowlyRead(Socket socket, Sample blob, CountDownLatch gate)
      throws IOException {
    InputStream in = socket.getInputStream();
    ByteArrayOutputStream received = new ByteArrayOutputStream(BIG + 1000);
    long start = System.nanoTime();
    byte[] step = in.readNBytes(300_000);
    while (received.size() + step.length < BIG - 2_000_000) {
      received.writeBytes(step);
      LockSupport.parkNanos(PAUSE.toNanos());
      step = in.readNBytes(300_000);
      assertThat(step.length).as("after %d bytes", received.size()).isPositive();
    }
    received.writeBytes(step);
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isGreaterThan(STEADY_IDLE.multipliedBy(2));
    gate.countDown();
    byte[] all = received.toByteArray();
    int body = new String(all, 0, 2000, StandardCharsets.ISO_8859_1).indexOf("\r\n\r\n") + 4;
    received.writeBytes(in.readNBytes(BIG - (all.length - body)));
    byte[] whole = received.toByteArray();
    assertThat(Digest.sha256(Arrays.copyOfRange(whole, body, whole.length)))
        .isEqualTo(blob.digest());
  }

  @Test
  void whoLeavesInMidBodyLeavesNothingOpen() throws IOException {
    try (MirrorFixture mirror = MirrorFixture.start(directory, MirrorOptions.patient())) {
      Sample blob = Sample.blob(6, BIG);
      mirror.upstream.on(blob.path(), blob.reply());
      for (int i = 0; i < 20; i++) {
        try (Socket socket = ask(mirror, blob.uri())) {
          assertThat(socket.getInputStream().readNBytes(50_000)).hasSize(50_000);
          if (i % 2 == 0) {
            socket.setSoLinger(true, 0);
          }
        }
      }

      mirror.awaitQuiet();
      awaitNoConnection(mirror);
      mirror.awaitFilesClosed();
      assertThat(mirror.store().sizeOf(blob.digest())).as("small enough to finish").isPresent();
      assertThat(mirror.upstream.requests()).hasSize(1);
      Awaitility.await().until(() -> mirror.finished.size() == 20);
      assertThat(mirror.finished).allMatch(done -> done.clientLeft());
    }
  }

  @Test
  void whoLeavesBeforeTheAnswerLeavesNothingOpen() throws IOException {
    CountDownLatch gate = new CountDownLatch(1);
    try (MirrorFixture mirror = MirrorFixture.start(directory, MirrorOptions.patient())) {
      Sample blob = Sample.blob(7, 300_000);
      mirror.upstream.on(blob.path(), blob.reply().heldAt(-1, gate));
      List<Socket> clients = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        clients.add(ask(mirror, blob.uri()));
      }
      Awaitility.await()
          .until(() -> mirror.begun.get() == 5 && mirror.upstream.requests().size() == 1);
      for (Socket client : clients) {
        client.close();
      }
      Awaitility.await().until(() -> mirror.finished.size() == 5);

      gate.countDown();

      mirror.awaitQuiet();
      mirror.awaitFilesClosed();
      assertThat(mirror.finished).allMatch(done -> done.clientLeft() && done.status() == 499);
      assertThat(mirror.store().sizeOf(blob.digest())).hasValue(300_000);
    }
  }

  @Test
  void aBodyThatStallsIsEndedByFinAtAPlaceItCanBeResumedFrom() throws IOException {
    CountDownLatch gate = new CountDownLatch(1);
    MirrorOptions options =
        MirrorOptions.patient()
            .withUpstreamStallTimeout(Duration.ofSeconds(1))
            .withStallTimeout(Duration.ofSeconds(2));
    try (MirrorFixture mirror = MirrorFixture.start(directory, options)) {
      Sample blob = Sample.blob(8, 1_000_000);
      mirror.upstream.on(
          blob.path(),
          blob.reply().stalledAt(500_000),
          blob.reply().heldAt(-1, gate),
          blob.reply());

      RawClient.Response cut = mirror.get(blob.uri());
      assertThat(cut.status()).isEqualTo(200);
      assertThat(cut.end()).isEqualTo(RawClient.End.FIN);
      int received = cut.body().length;
      assertThat(cut.body()).isEqualTo(blob.part(0, received)).hasSizeGreaterThan(400_000);

      gate.countDown();
      RawClient.Response rest = mirror.get(blob.uri(), "Range: bytes=" + received + "-");
      assertThat(rest.status()).isEqualTo(206);
      assertThat(rest.body()).isEqualTo(blob.part(received, 1_000_000));
    }
  }
}
