package dev.tarn.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.server.testing.MirrorFixture;
import dev.tarn.server.testing.MirrorOptions;
import dev.tarn.server.testing.RawClient;
import dev.tarn.server.testing.RawClient.End;
import dev.tarn.server.testing.RawClient.Response;
import dev.tarn.server.testing.Sample;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** How the endpoint stops. */
@Execution(ExecutionMode.CONCURRENT)
class DrainTest {
  private static final MirrorOptions PATIENT = MirrorOptions.patient();

  @TempDir Path directory;

  private static Socket ask(MirrorFixture mirror, String... uris) throws IOException {
    Socket socket = RawClient.connect(mirror.address());
    StringBuilder requests = new StringBuilder();
    for (String uri : uris) {
      requests.append("GET ").append(uri).append(" HTTP/1.1\r\nHost: m\r\n\r\n");
    }
    socket.getOutputStream().write(requests.toString().getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private static CompletableFuture<Void> drain(MirrorFixture mirror, Duration limit) {
    return CompletableFuture.runAsync(() -> mirror.endpoint().drain(limit));
  }

  @Test
  void idleConnectionsAreClosedAndNoneIsAccepted() throws Exception {
    try (MirrorFixture mirror = MirrorFixture.start(directory, PATIENT)) {
      CompletableFuture<Void> drained;
      try (Socket used = ask(mirror, "/v2/");
          Socket fresh = RawClient.connect(mirror.address())) {
        assertThat(RawClient.read(used.getInputStream(), false).status()).isEqualTo(200);
        Awaitility.await().until(() -> mirror.endpoint().connections() == 2);

        drained = drain(mirror, Duration.ofSeconds(20));

        assertThat(used.getInputStream().read()).isEqualTo(-1);
        assertThat(fresh.getInputStream().read()).isEqualTo(-1);
      }
      drained.get(10, TimeUnit.SECONDS);
      assertThatThrownBy(() -> RawClient.connect(mirror.address()))
          .isInstanceOf(ConnectException.class);
    }
  }

  @Test
  void answersUnderWayAreFinishedAndThenTheirConnectionsEnd() throws Exception {
    try (MirrorFixture mirror = MirrorFixture.start(directory, PATIENT)) {
      CountDownLatch gate = new CountDownLatch(1);
      Sample begun = Sample.blob(1, 500_000);
      Sample asked = Sample.blob(2, 1000);
      mirror.upstream.on(begun.path(), begun.reply().heldAt(300_000, gate));
      mirror.upstream.on(asked.path(), asked.reply().heldAt(-1, gate));
      CompletableFuture<Void> drained;
      try (Socket receiving = ask(mirror, begun.uri());
          Socket waiting = ask(mirror, asked.uri())) {
        assertThat(receiving.getInputStream().readNBytes(9))
            .isEqualTo("HTTP/1.1 ".getBytes(StandardCharsets.US_ASCII));
        Awaitility.await().until(() -> mirror.upstream.requests().size() == 2);

        drained = drain(mirror, Duration.ofSeconds(20));
        Awaitility.await()
            .ignoreExceptions()
            .until(
                () -> {
                  try (Socket _ = RawClient.connect(mirror.address())) {
                    return false;
                  } catch (ConnectException e) {
                    return true;
                  }
                });
        gate.countDown();

        byte[] rest = receiving.getInputStream().readAllBytes();
        assertThat(Arrays.copyOfRange(rest, rest.length - 500_000, rest.length))
            .isEqualTo(begun.bytes());
        assertThat(RawClient.read(waiting.getInputStream(), false).body()).isEqualTo(asked.bytes());
        assertThat(waiting.getInputStream().read()).isEqualTo(-1);
      }
      drained.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void whatIsNotFinishedInTimeIsEndedByFin() throws Exception {
    try (MirrorFixture mirror = MirrorFixture.start(directory, PATIENT)) {
      CountDownLatch gate = new CountDownLatch(1);
      Sample begun = Sample.blob(3, 500_000);
      Sample asked = Sample.blob(4, 1000);
      mirror.upstream.on(begun.path(), begun.reply().heldAt(300_000, gate));
      mirror.upstream.on(asked.path(), asked.reply().heldAt(-1, gate));
      CompletableFuture<Void> drained;
      try (Socket receiving = ask(mirror, begun.uri());
          Socket waiting = ask(mirror, asked.uri(), "/v2/", begun.uri())) {
        Awaitility.await().until(() -> mirror.upstream.requests().size() == 2);
        Awaitility.await().until(() -> receiving.getInputStream().available() > 0);

        drained = drain(mirror, Duration.ofMillis(200));

        Response cut = RawClient.read(receiving.getInputStream(), false);
        assertThat(cut.status()).isEqualTo(200);
        assertThat(cut.end()).isEqualTo(End.FIN);
        assertThat(cut.body()).isEqualTo(begun.part(0, cut.body().length));
        assertThat(RawClient.read(waiting.getInputStream(), false).status()).isEqualTo(503);
        assertThat(waiting.getInputStream().read()).as("the others are not answered").isEqualTo(-1);
      }
      drained.get(10, TimeUnit.SECONDS);
      Awaitility.await().until(() -> mirror.finished.size() == 2);
      assertThat(mirror.finished).noneMatch(done -> done.completed() && done.status() == 200);
      gate.countDown();
      mirror.awaitQuiet();
      mirror.awaitFilesClosed();
    }
  }

  @Test
  void drainingAnIdleEndpointTakesNoTime() throws Exception {
    try (MirrorFixture mirror = MirrorFixture.start(directory, PATIENT)) {
      mirror.get("/v2/");
      Awaitility.await().until(() -> mirror.endpoint().connections() == 0);

      drain(mirror, Duration.ofHours(1)).get(10, TimeUnit.SECONDS);
    }
  }
}
