package dev.tarn.server.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.digest.Digest;
import dev.tarn.server.testing.Clients;
import dev.tarn.server.testing.MirrorFixture;
import dev.tarn.server.testing.MirrorOptions;
import dev.tarn.server.testing.RawClient;
import dev.tarn.server.testing.RawClient.End;
import dev.tarn.server.testing.RawClient.Response;
import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.Sample;
import dev.tarn.server.testing.ScriptedRequest;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Transfers whose upstream breaks, lies or comes back, and whose readers leave. */
@Execution(ExecutionMode.CONCURRENT)
class BrokenUpstreamTest {
  private static final int CHUNK = 4 * 1024 * 1024;
  private static final Sample BLOB = Sample.blob(1, 9_000_000);

  @TempDir Path directory;

  private static List<String> ranges(MirrorFixture mirror, Sample blob) {
    return mirror.upstream.requests(blob.path()).stream()
        .map(request -> request.header("Range").orElse("all"))
        .toList();
  }

  @Test
  void aBreakIsResumedWhereItHappenedAndNoByteIsFetchedTwice() throws IOException {
    try (MirrorFixture mirror = MirrorFixture.start(directory, MirrorOptions.patient())) {
      mirror.upstream.on(
          BLOB.path(),
          BLOB.reply().truncatedAt(5_000_000),
          BLOB.reply().resetAt(1_000_000),
          BLOB.reply());

      Response response = mirror.get(BLOB.uri());

      assertThat(response.status()).isEqualTo(200);
      assertThat(response.end()).isEqualTo(End.WHOLE);
      assertThat(Digest.sha256(response.body())).isEqualTo(BLOB.digest());
      List<String> ranges = ranges(mirror, BLOB);
      assertThat(ranges).hasSize(3).startsWith("all", "bytes=5000000-");
      assertThat(mirror.fetchedBytes).hasValue(BLOB.size());
    }
  }

  @Test
  void anUpstreamThatIsAwayForAMomentIsWaitedFor() throws IOException {
    try (MirrorFixture mirror = MirrorFixture.start(directory, MirrorOptions.patient())) {
      mirror.upstream.on(
          BLOB.path(),
          BLOB.reply().truncatedAt(5_000_000),
          Reply.status(500),
          Reply.rateLimited(""),
          Reply.closeWithoutAnswer(),
          BLOB.reply());

      assertThat(Digest.sha256(mirror.get(BLOB.uri()).body())).isEqualTo(BLOB.digest());
      assertThat(mirror.fetchedBytes).hasValue(BLOB.size());
    }
  }

  @Test
  void aRegistryWithoutRangesSendsAllAgainAndTheClientGetsEachByteOnce() throws IOException {
    try (MirrorFixture mirror = MirrorFixture.start(directory, MirrorOptions.patient())) {
      mirror.upstream.on(
          BLOB.path(),
          BLOB.reply().withoutRanges().truncatedAt(5_000_000),
          BLOB.reply().withoutRanges());

      Response response = mirror.get(BLOB.uri());

      assertThat(response.end()).isEqualTo(End.WHOLE);
      assertThat(Digest.sha256(response.body())).isEqualTo(BLOB.digest());
      assertThat(mirror.upstream.requests()).hasSize(2);
      mirror.awaitQuiet();
      assertThat(mirror.store().sizeOf(BLOB.digest())).hasValue(BLOB.size());
    }
  }

  @Test
  void whatAnUpstreamSentBeforeItWentAwayForGoodIsKeptAndContinued() throws IOException {
    try (MirrorFixture mirror = MirrorFixture.start(directory, MirrorOptions.patient())) {
      mirror.upstream.on(BLOB.path(), BLOB.reply().truncatedAt(5_000_000), Reply.status(500));

      Response cut = mirror.get(BLOB.uri());
      assertThat(cut.claimsWhole()).isFalse();
      assertThat(cut.end()).isEqualTo(End.FIN);
      int received = cut.body().length;
      assertThat(cut.body()).isEqualTo(BLOB.part(0, received));
      mirror.awaitQuiet();
      assertThat(mirror.get(BLOB.uri(), "Range: bytes=" + received + "-").status())
          .as("the resume is refused, so that the client goes on to the next host")
          .isEqualTo(502);

      mirror.upstream.on(BLOB.path(), BLOB.reply());
      Response rest = mirror.get(BLOB.uri(), "Range: bytes=" + received + "-");
      assertThat(rest.status()).isEqualTo(206);
      assertThat(rest.body()).isEqualTo(BLOB.part(received, BLOB.size()));
      assertThat(ranges(mirror, BLOB).getLast()).isEqualTo("bytes=" + CHUNK + "-");
      assertThat(mirror.get(BLOB.uri()).body()).isEqualTo(BLOB.bytes());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {416, 400, 501, 206})
  void anUpstreamThatMakesNoSenseOfARangeIsAskedForTheWhole(int status) throws IOException {
    try (MirrorFixture mirror = MirrorFixture.start(directory, MirrorOptions.patient())) {
      mirror.upstream.on(BLOB.path(), BLOB.reply().truncatedAt(5_000_000), Reply.status(500));
      mirror.get(BLOB.uri());
      mirror.awaitQuiet();
      assertThat(mirror.store().partialSize(BLOB.digest())).isPresent();

      Reply nonsense =
          status == 206
              ? Reply.status(206).header("Content-Range", "bytes 0-5/7")
              : Reply.status(status);
      mirror.upstream.on(
          BLOB.path(),
          request -> request.header("Range").isPresent() ? nonsense : BLOB.reply().withoutRanges());

      assertThat(mirror.get(BLOB.uri()).body()).isEqualTo(BLOB.bytes());
    }
  }

  @Test
  void aPartOfWhatTurnedOutToHaveAnotherSizeIsThrownAway() throws IOException {
    Sample small = Sample.blob(2, 3_000_000);
    try (MirrorFixture mirror = MirrorFixture.start(directory, MirrorOptions.patient())) {
      mirror.upstream.on(
          small.path(),
          small.reply().withWrongLength(6_000_000).truncatedAt(5_000_000),
          Reply.status(500));
      mirror.get(small.uri());
      mirror.awaitQuiet();
      assertThat(mirror.store().partialSize(small.digest())).hasValue(9_000_000);

      mirror.upstream.on(small.path(), small.reply());

      assertThat(mirror.get(small.uri()).body()).isEqualTo(small.bytes());
    }
  }

  @Test
  void afterARestartTheChunksThatCameAreNotFetchedAgain() throws IOException {
    try (MirrorFixture mirror = MirrorFixture.start(directory, MirrorOptions.patient())) {
      CountDownLatch never = new CountDownLatch(1);
      mirror.upstream.on(BLOB.path(), BLOB.reply().heldAt(5_000_000, never));
      assertThat(mirror.get(BLOB.uri(), "Range: bytes=0-9").status()).isEqualTo(206);
      Awaitility.await().until(() -> mirror.fetchedBytes.get() == 5_000_000);
    }
    try (MirrorFixture mirror = MirrorFixture.start(directory, MirrorOptions.patient())) {
      mirror.upstream.on(BLOB.path(), BLOB.reply());

      assertThat(mirror.get(BLOB.uri()).body()).isEqualTo(BLOB.bytes());

      assertThat(ranges(mirror, BLOB)).containsExactly("bytes=" + CHUNK + "-");
      assertThat(mirror.fetchedBytes).hasValue(BLOB.size() - CHUNK);
    }
  }

  @Test
  void wrongBytesAreWithheldNotStoredAndTheNextPullAsksAgain() throws Exception {
    Sample blob = Sample.blob(3, 1_000_000);
    CountDownLatch gate = new CountDownLatch(1);
    try (MirrorFixture mirror = MirrorFixture.start(directory, MirrorOptions.patient())) {
      mirror.upstream.on(
          blob.path(), blob.reply().withWrongByteAt(999_999).heldAt(800_000, gate), blob.reply());

      List<Response> answers =
          Clients.atOnce(
              4,
              () -> mirror.get(blob.uri()),
              () -> {
                Awaitility.await().until(() -> mirror.fetchedBytes.get() >= 800_000);
                Awaitility.await().until(() -> mirror.begun.get() == 4);
                gate.countDown();
              });
      for (Response answer : answers) {
        assertThat(answer.end()).isEqualTo(End.FIN);
        assertThat(answer.body().length).isBetween(1, blob.size() - 65_536);
      }
      mirror.awaitQuiet();
      assertThat(mirror.store().sizeOf(blob.digest())).isEmpty();
      assertThat(mirror.store().partialSize(blob.digest())).isEmpty();
      assertThat(mirror.troubles).anyMatch(trouble -> trouble.startsWith("digest_mismatch"));

      Response resumed = mirror.get(blob.uri(), "Range: bytes=500000-");
      assertThat(resumed.status()).as("a resume of wrong bytes is refused").isEqualTo(502);

      assertThat(mirror.get(blob.uri()).body()).isEqualTo(blob.bytes());
      mirror.awaitQuiet();
      assertThat(mirror.get(blob.uri(), "Range: bytes=500000-").status())
          .as("now that it is verified")
          .isEqualTo(206);
      assertThat(mirror.upstream.requests()).hasSize(2);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1000, 65_536})
  void ofASmallBlobWithWrongBytesNothingIsSent(int size) throws IOException {
    Sample blob = Sample.blob(4, size);
    try (MirrorFixture mirror = MirrorFixture.start(directory, MirrorOptions.patient())) {
      mirror.upstream.on(blob.path(), blob.reply().withWrongByteAt(0), blob.reply());

      assertThat(mirror.get(blob.uri()).status()).isEqualTo(502);
      assertThat(mirror.get(blob.uri()).body()).isEqualTo(blob.bytes());
    }
  }

  @Test
  void anErrorPageWith200IsNotTheBlob() throws IOException {
    Sample blob = Sample.blob(5, 1000);
    try (MirrorFixture mirror = MirrorFixture.start(directory, MirrorOptions.patient())) {
      mirror.upstream.on(blob.path(), Reply.htmlPage());

      assertThat(mirror.get(blob.uri()).status()).isEqualTo(502);
      assertThat(mirror.store().sizeOf(blob.digest())).isEmpty();
    }
  }

  @Test
  void aReaderThatHangsUpDoesNotStopASmallTransfer() throws IOException {
    CountDownLatch gate = new CountDownLatch(1);
    try (MirrorFixture mirror = MirrorFixture.start(directory, MirrorOptions.patient())) {
      mirror.upstream.on(BLOB.path(), BLOB.reply().heldAt(1_000_000, gate));
      hangUpAfter(mirror, BLOB, 100_000);

      gate.countDown();

      mirror.awaitQuiet();
      assertThat(mirror.store().sizeOf(BLOB.digest())).isPresent();
      assertThat(mirror.get(BLOB.uri()).body()).isEqualTo(BLOB.bytes());
      assertThat(mirror.upstream.requests()).hasSize(1);
    }
  }

  @Test
  void aReaderThatHangsUpEarlyStopsALargeTransferAndWhatCameIsKept() throws IOException {
    Sample large = Sample.blob(6, 80 << 20);
    try (MirrorFixture mirror = MirrorFixture.start(directory, MirrorOptions.patient())) {
      mirror.upstream.on(large.path(), large.reply().dripping(64 * 1024, Duration.ofMillis(20)));
      hangUpAfter(mirror, large, CHUNK + 100_000);
      Awaitility.await().until(() -> mirror.finished.size() == 1);
      assertThat(mirror.mirror().transfersInFlight()).as("it waits for a while").isEqualTo(1);

      mirror.nanosAhead.set(Duration.ofSeconds(4).toNanos());
      mirror.awaitQuiet();

      assertThat(mirror.store().partialSize(large.digest())).hasValue(large.size());
      assertThat(mirror.fetchedBytes.get()).isLessThan(large.size() / 4);
      Awaitility.await().until(() -> mirror.upstream.openConnections() == 0);
      mirror.awaitFilesClosed();

      Response part = mirror.get(large.uri(), "Range: bytes=10-19");
      assertThat(part.body()).isEqualTo(large.part(10, 20));
      assertThat(ranges(mirror, large).getLast()).matches("bytes=[1-9][0-9]+-");
    }
  }

  @Test
  void aReaderThatComesBackFindsTheTransferGoingOn() throws IOException {
    Sample large = Sample.blob(7, 80 << 20);
    try (MirrorFixture mirror = MirrorFixture.start(directory, MirrorOptions.patient())) {
      mirror.upstream.on(large.path(), large.reply().dripping(64 * 1024, Duration.ofMillis(5)));
      hangUpAfter(mirror, large, 1_000_000);

      hangUpAfter(mirror, large, 2_000_000);

      assertThat(mirror.upstream.requests())
          .extracting(ScriptedRequest::method)
          .containsExactly("GET");
    }
  }

  private static void hangUpAfter(MirrorFixture mirror, Sample blob, int bytes) throws IOException {
    try (Socket socket = RawClient.connect(mirror.address())) {
      socket
          .getOutputStream()
          .write(
              ("GET " + blob.uri() + " HTTP/1.1\r\nHost: m\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      assertThat(socket.getInputStream().readNBytes(bytes)).hasSize(bytes);
    }
  }

  @Test
  void whatTheUpstreamSaysOfADigestDoesNotMatterOnlyItsBytesDo() throws IOException {
    Sample blob = Sample.blob(8, 1000);
    try (MirrorFixture mirror = MirrorFixture.start(directory, MirrorOptions.patient())) {
      mirror.upstream.on(
          blob.path(), blob.reply().header("Docker-Content-Digest", BLOB.digest().toString()));

      Response response = mirror.get(blob.uri());

      assertThat(response.body()).isEqualTo(blob.bytes());
      assertThat(response.header("Docker-Content-Digest")).isEqualTo(blob.digest().toString());
      assertThat(Optional.of(response.header("ETag"))).contains("\"" + blob.digest() + "\"");
    }
  }
}
