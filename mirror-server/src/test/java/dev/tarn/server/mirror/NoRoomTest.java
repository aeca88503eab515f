package dev.tarn.server.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.store.FileSystemSpace;
import dev.tarn.server.testing.Clients;
import dev.tarn.server.testing.MirrorFixture;
import dev.tarn.server.testing.MirrorOptions;
import dev.tarn.server.testing.RawClient;
import dev.tarn.server.testing.RawClient.End;
import dev.tarn.server.testing.RawClient.Response;
import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.Sample;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A disk without room: blobs stream past it, right or not at all, and caching recovers by itself.
 */
class NoRoomTest {
  private static final int SIZE = 1_000_000;
  private static final Sample BLOB = Sample.blob(1, SIZE);

  @TempDir Path directory;
  private final Space space = new Space();
  private MirrorFixture mirror;

  /** A file system whose free bytes are set. */
  private static final class Space implements FileSystemSpace {
    static final long TOTAL = 100L << 30;
    final AtomicLong usable = new AtomicLong(1_000_000);

    @Override
    public long totalBytes() {
      return TOTAL;
    }

    @Override
    public long usableBytes() {
      return usable.get();
    }
  }

  @BeforeEach
  void start() throws IOException {
    mirror = MirrorFixture.start(directory, MirrorOptions.patient().withSpace(space));
    mirror.upstream.on(BLOB.path(), BLOB.reply());
  }

  @AfterEach
  void stop() {
    mirror.close();
  }

  private void assertNothingStored() {
    assertThat(mirror.store().sizeOf(BLOB.digest())).isEmpty();
    assertThat(mirror.store().partialSize(BLOB.digest())).isEmpty();
    assertThat(mirror.store().statistics().bytes()).isZero();
  }

  @Test
  void aBlobStreamsToItsClientAndNothingIsStored() throws IOException {
    for (int i = 1; i <= 2; i++) {
      Response response = mirror.get(BLOB.uri());
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.header("Content-Length")).isEqualTo(Integer.toString(SIZE));
      assertThat(response.header("Docker-Content-Digest")).isEqualTo(BLOB.digest().toString());
      assertThat(response.end()).isEqualTo(End.WHOLE);
      assertThat(response.body()).isEqualTo(BLOB.bytes());
      assertThat(mirror.upstream.requests()).as("one fetch a client").hasSize(i);
      assertThat(mirror.unkept).hasSize(i).containsOnly(BLOB.digest());
    }
    assertNothingStored();
  }

  @Test
  void everyClientStreamsForItselfAndNobodyJoins() throws Exception {
    List<Response> answers = Clients.atOnce(6, client -> () -> mirror.get(BLOB.uri()));

    assertThat(answers).allSatisfy(answer -> assertThat(answer.body()).isEqualTo(BLOB.bytes()));
    assertNothingStored();
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes=0-", "bytes=0-9", "bytes=500000-", "bytes=10-700000"})
  void aRangeStreamsAsThatPart(String range) throws IOException {
    Response response = mirror.get(BLOB.uri(), "Range: " + range);

    String[] bounds = range.substring(6).split("-", 2);
    int start = Integer.parseInt(bounds[0]);
    int end = bounds[1].isEmpty() ? SIZE : Integer.parseInt(bounds[1]) + 1;
    assertThat(response.status()).isEqualTo(206);
    assertThat(response.header("Content-Range"))
        .isEqualTo("bytes " + start + "-" + (end - 1) + "/" + SIZE);
    assertThat(response.end()).isEqualTo(End.WHOLE);
    assertThat(response.body()).isEqualTo(BLOB.part(start, end));
  }

  @Test
  void aRangeBehindTheEndIs416() throws IOException {
    Response response = mirror.get(BLOB.uri(), "Range: bytes=" + SIZE + "-");

    assertThat(response.status()).isIn(416, 502);
    assertThat(response.end()).isEqualTo(End.WHOLE);
  }

  @Test
  void wrongBytesNeverLookWholeAndTheirResumeIsRefused() throws IOException {
    mirror.upstream.on(BLOB.path(), BLOB.reply().withWrongByteAt(SIZE - 1), BLOB.reply());

    Response wrong = mirror.get(BLOB.uri());
    assertThat(wrong.end()).isEqualTo(End.FIN);
    assertThat(wrong.body().length).isBetween(1, SIZE - 65_536);
    assertThat(mirror.get(BLOB.uri(), "Range: bytes=" + wrong.body().length + "-").status())
        .isEqualTo(502);

    assertThat(mirror.get(BLOB.uri()).body()).isEqualTo(BLOB.bytes());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1000, 65_536})
  void ofASmallBlobWithWrongBytesNothingIsSent(int size) throws IOException {
    Sample small = Sample.blob(2, size);
    mirror.upstream.on(small.path(), small.reply().withWrongByteAt(0), small.reply());

    assertThat(mirror.get(small.uri()).status()).isEqualTo(502);
    assertThat(mirror.get(small.uri()).body()).isEqualTo(small.bytes());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void headersDoNotLeaveBeforeThereIsAByteToFollow(int bytes) throws IOException {
    mirror.upstream.on(BLOB.path(), BLOB.reply().truncatedAt(bytes));

    assertThat(mirror.get(BLOB.uri()).status()).isEqualTo(502);
    assertThat(mirror.get(BLOB.uri(), "Range: bytes=5-9").status()).isIn(206, 502);
  }

  @Test
  void aStreamThatBreaksIsEndedByFinAndCanBeResumed() throws IOException {
    mirror.upstream.on(BLOB.path(), BLOB.reply().truncatedAt(600_000), BLOB.reply());

    Response cut = mirror.get(BLOB.uri());
    assertThat(cut.end()).isEqualTo(End.FIN);
    int received = cut.body().length;
    assertThat(received).isPositive();
    assertThat(cut.body()).isEqualTo(BLOB.part(0, received));

    Response rest = mirror.get(BLOB.uri(), "Range: bytes=" + received + "-");
    assertThat(rest.status()).isEqualTo(206);
    assertThat(rest.body()).isEqualTo(BLOB.part(received, SIZE));
  }

  @Test
  void aStreamOfUnknownLengthIsVerifiedToo() throws IOException {
    mirror.upstream.on(BLOB.path(), BLOB.reply().chunked().withWrongByteAt(5));
    assertThat(mirror.get(BLOB.uri()).claimsWhole()).isFalse();

    mirror.upstream.on(BLOB.path(), BLOB.reply().chunked());
    assertThat(mirror.get(BLOB.uri()).body()).isEqualTo(BLOB.bytes());
  }

  @Test
  void aBlobWithoutAnyByteStreamsToo() throws IOException {
    Sample empty = Sample.blob(3, 0);
    mirror.upstream.on(empty.path(), empty.reply());

    assertThat(mirror.get(empty.uri()).status()).isEqualTo(200);
  }

  @Test
  void aClientThatLeavesLetsUpstreamGo() throws IOException {
    CountDownLatch gate = new CountDownLatch(1);
    mirror.upstream.on(BLOB.path(), BLOB.reply().heldAt(800_000, gate));
    for (int i = 0; i < 5; i++) {
      try (Socket socket = RawClient.connect(mirror.address())) {
        socket
            .getOutputStream()
            .write(
                ("GET " + BLOB.uri() + " HTTP/1.1\r\nHost: m\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
        assertThat(socket.getInputStream().readNBytes(300_000)).hasSize(300_000);
      }
    }
    Awaitility.await().until(() -> mirror.finished.size() == 5);
    gate.countDown();
    Awaitility.await().until(() -> mirror.upstream.openConnections() == 0);
  }

  @Test
  void aPrivateBlobStreamsOnlyToWhomUpstreamLetsIn() throws IOException {
    mirror.upstream.on(
        BLOB.path(),
        request ->
            request.header("Authorization").isPresent()
                ? BLOB.reply()
                : Reply.challenge("Basic realm=\"private\""));

    assertThat(mirror.get(BLOB.uri(), "Authorization: Basic YQ==").body()).isEqualTo(BLOB.bytes());
    assertThat(mirror.get(BLOB.uri()).status()).isEqualTo(401);
  }

  @Test
  void aManifestIsServedThoughItCannotBeStored() throws IOException {
    Sample manifest = Sample.manifest(1);
    mirror.upstream.on(manifest.path(), manifest.reply());

    assertThat(mirror.get(manifest.uri()).body()).isEqualTo(manifest.bytes());
    assertThat(mirror.get(manifest.uri()).body()).isEqualTo(manifest.bytes());
    assertThat(mirror.upstream.requests()).as("memory has it").hasSize(1);
  }

  @Test
  void whenThereIsRoomAgainBlobsAreStoredAgain() throws IOException {
    mirror.get(BLOB.uri());
    assertNothingStored();

    space.usable.set(Space.TOTAL);
    assertThat(mirror.get(BLOB.uri()).body()).isEqualTo(BLOB.bytes());
    mirror.awaitQuiet();

    assertThat(mirror.store().sizeOf(BLOB.digest())).hasValue(SIZE);
    assertThat(mirror.unkept).hasSize(1);
  }

  @Test
  void whereTheDiskFillsInMidBlobTheClientStillGetsAllByResuming() throws IOException {
    Sample big = Sample.blob(4, 12_000_000);
    CountDownLatch gate = new CountDownLatch(1);
    space.usable.set(Space.TOTAL);
    mirror.upstream.on(big.path(), big.reply().heldAt(1_000_000, gate), big.reply());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (Socket socket = RawClient.connect(mirror.address())) {
      socket
          .getOutputStream()
          .write(
              ("GET " + big.uri() + " HTTP/1.1\r\nHost: m\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      Awaitility.await().until(() -> socket.getInputStream().available() > 0);
      space.usable.set(0);
      mirror.now.updateAndGet(now -> now.plusSeconds(2));
      gate.countDown();

      Response first = RawClient.read(socket.getInputStream(), false);
      assertThat(first.status()).isEqualTo(200);
      assertThat(first.end()).isEqualTo(End.FIN);
      bytes.writeBytes(first.body());
    }
    mirror.awaitQuiet();

    Response rest = mirror.get(big.uri(), "Range: bytes=" + bytes.size() + "-");
    assertThat(rest.status()).isEqualTo(206);
    bytes.writeBytes(rest.body());

    assertThat(bytes.toByteArray()).isEqualTo(big.bytes());
    assertThat(mirror.store().sizeOf(big.digest())).isEmpty();
  }
}
