package dev.tarn.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.server.testing.MirrorFixture;
import dev.tarn.server.testing.MirrorOptions;
import dev.tarn.server.testing.RawClient;
import dev.tarn.server.testing.RawClient.End;
import dev.tarn.server.testing.RawClient.Response;
import dev.tarn.server.testing.Sample;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ranges of a blob that is here, that is arriving, and that is not here yet. */
class BlobRangeTest {
  private static final int SIZE = 400_000;
  private static final int HELD_AT = 250_000;
  private static final Sample BLOB = Sample.blob(2, SIZE);

  @TempDir Path directory;
  private MirrorFixture mirror;

  @BeforeEach
  void start() throws IOException {
    start(MirrorOptions.patient());
  }

  private void start(MirrorOptions options) throws IOException {
    mirror = MirrorFixture.start(directory, options);
    mirror.upstream.on(BLOB.path(), BLOB.reply());
  }

  @AfterEach
  void stop() {
    mirror.close();
  }

  private void store() throws IOException {
    assertThat(mirror.get(BLOB.uri()).body()).isEqualTo(BLOB.bytes());
    Awaitility.await().until(() -> mirror.mirror().transfersInFlight() == 0);
  }

  private void assertPart(Response response, int start, int end) {
    assertThat(response.status()).isEqualTo(206);
    assertThat(response.header("Content-Range"))
        .isEqualTo("bytes " + start + "-" + (end - 1) + "/" + SIZE);
    assertThat(response.header("Content-Length")).isEqualTo(Integer.toString(end - start));
    assertThat(response.header("Docker-Content-Digest")).isEqualTo(BLOB.digest().toString());
    assertThat(response.end()).isEqualTo(End.WHOLE);
    assertThat(response.body()).isEqualTo(BLOB.part(start, end));
  }

  @ParameterizedTest
  @CsvSource({
    "bytes=0-0, 0, 1",
    "bytes=0-, 0, 400000",
    "bytes=1000-1999, 1000, 2000",
    "bytes=399999-, 399999, 400000",
    "bytes=390000-999999999, 390000, 400000",
    "bytes=-1, 399999, 400000",
    "bytes=-400000, 0, 400000",
    "bytes=-99999999999999999999, 0, 400000",
    "bytes=5-99999999999999999999999, 5, 400000",
  })
  void aRangeOfABlobOnDiskIs206WithThatPart(String range, int start, int end) throws IOException {
    store();

    assertPart(mirror.get(BLOB.uri(), "Range: " + range), start, end);
    assertThat(mirror.upstream.requests()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "bytes=0-0, 0, 1",
    "bytes=0-, 0, 400000",
    "bytes=1000-1999, 1000, 2000",
    "bytes=300000-, 300000, 400000",
    "bytes=-1, 399999, 400000",
    "bytes=5-99999999999999999999999, 5, 400000",
  })
  void aRangeOfAMissIs206WithThatPartAndTheWholeIsFetchedOnce(String range, int start, int end)
      throws IOException {
    assertPart(mirror.get(BLOB.uri(), "Range: " + range), start, end);

    Awaitility.await().until(() -> mirror.store().sizeOf(BLOB.digest()).isPresent());
    assertThat(mirror.get(BLOB.uri()).body()).isEqualTo(BLOB.bytes());
    assertThat(mirror.upstream.requests()).hasSize(1);
    assertThat(mirror.fetchedBytes).hasValue(SIZE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bytes=0-1,5-6",
        "bytes=",
        "bytes=-",
        "bytes=a-b",
        "bytes=1-x",
        "lines=1-2",
        "nonsense",
      })
  void severalRangesOrNoneThatIsValidGetEverything(String range) throws IOException {
    Response miss = mirror.get(BLOB.uri(), "Range: " + range);
    store();
    Response hit = mirror.get(BLOB.uri(), "Range: " + range);

    for (Response response : new Response[] {miss, hit}) {
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.headers()).doesNotContainKey("content-range");
      assertThat(response.body()).isEqualTo(BLOB.bytes());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bytes=400000-",
        "bytes=400000-400001",
        "bytes=99999999999999999999-",
        "bytes=-0",
        "bytes=5-2"
      })
  void aRangeBehindTheEndIs416WithTheSize(String range) throws IOException {
    Response miss = mirror.get(BLOB.uri(), "Range: " + range);
    store();
    Response hit = mirror.get(BLOB.uri(), "Range: " + range);

    for (Response response : new Response[] {miss, hit}) {
      assertThat(response.status()).isEqualTo(416);
      assertThat(response.header("Content-Range")).isEqualTo("bytes */" + SIZE);
      assertThat(response.header("Content-Length")).isEqualTo("0");
      assertThat(response.end()).isEqualTo(End.WHOLE);
    }
  }

  @Test
  void aHeadWithARangeDescribesTheWhole() throws IOException {
    store();

    Response head = mirror.head(BLOB.uri(), "Range: bytes=5-9");

    assertThat(head.status()).isEqualTo(200);
    assertThat(head.header("Content-Length")).isEqualTo(Integer.toString(SIZE));
  }

  @Test
  void partsOfABlobThatIsArrivingAreServedAsTheyCome() throws IOException {
    CountDownLatch gate = new CountDownLatch(1);
    mirror.upstream.on(BLOB.path(), BLOB.reply().heldAt(HELD_AT, gate));
    try (Socket first = request("GET", "");
        Socket openEnded = request("GET", "Range: bytes=1000-\r\n");
        Socket suffix = request("GET", "Range: bytes=-70000\r\n")) {
      assertPart(mirror.get(BLOB.uri(), "Range: bytes=0-0"), 0, 1);
      assertPart(mirror.get(BLOB.uri(), "Range: bytes=100000-199999"), 100_000, 200_000);
      assertThat(mirror.get(BLOB.uri(), "Range: bytes=400000-").status()).isEqualTo(416);
      assertThat(mirror.mirror().transfersInFlight()).isEqualTo(1);

      gate.countDown();

      assertThat(RawClient.read(first.getInputStream(), false).body()).isEqualTo(BLOB.bytes());
      assertPart(RawClient.read(openEnded.getInputStream(), false), 1000, SIZE);
      assertPart(RawClient.read(suffix.getInputStream(), false), SIZE - 70_000, SIZE);
    }
    assertThat(mirror.upstream.count("GET", BLOB.path())).isEqualTo(1);
  }

  private Socket request(String method, String headers) throws IOException {
    Socket socket = RawClient.connect(mirror.address());
    socket
        .getOutputStream()
        .write(
            (method + " " + BLOB.uri() + " HTTP/1.1\r\nHost: m\r\n" + headers + "\r\n")
                .getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  @Test
  void aPartThatIsNotHereInTimeIs504AndTheFetchGoesOn() throws IOException {
    mirror.close();
    start(MirrorOptions.patient().withHeaderTimeout(Duration.ofMillis(1500)));
    CountDownLatch gate = new CountDownLatch(1);
    mirror.upstream.on(BLOB.path(), BLOB.reply().heldAt(-1, gate));

    Response early = mirror.get(BLOB.uri(), "Range: bytes=300000-");
    assertThat(early.status()).isEqualTo(504);

    gate.countDown();
    Awaitility.await().until(() -> mirror.store().sizeOf(BLOB.digest()).isPresent());
    assertPart(mirror.get(BLOB.uri(), "Range: bytes=300000-"), 300_000, SIZE);
    assertThat(mirror.upstream.requests()).hasSize(1);
  }

  @Test
  void parallelOpenEndedChunksCostOneFetchThoughEachIsCutShort() throws IOException {
    int chunk = 50_000;
    for (int start = 0; start < SIZE; start += chunk) {
      try (Socket socket = request("GET", "Range: bytes=" + start + "-\r\n")) {
        byte[] head = socket.getInputStream().readNBytes(chunk / 2);
        assertThat(new String(head, 0, 12, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 206");
      }
    }
    store();
    assertThat(mirror.upstream.requests()).hasSize(1);
    assertThat(mirror.fetchedBytes).hasValue(SIZE);
  }
}
