package dev.tarn.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.server.testing.MirrorFixture;
import dev.tarn.server.testing.MirrorOptions;
import dev.tarn.server.testing.RawClient.Response;
import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.Sample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What containerd reads from headers, on HEAD as on GET. */
class AnswerHeadersTest {
  private static final Sample BLOB = Sample.blob(3, 100_000);
  private static final Sample MANIFEST = Sample.manifest(3);

  @TempDir Path directory;
  private MirrorFixture mirror;

  @BeforeEach
  void start() throws IOException {
    mirror = MirrorFixture.start(directory, MirrorOptions.patient());
    mirror.upstream.on(BLOB.path(), BLOB.reply()).on(MANIFEST.path(), MANIFEST.reply());
    mirror.upstream.on(Sample.tagPath("v1"), MANIFEST.reply());
  }

  @AfterEach
  void stop() {
    mirror.close();
  }

  /** The headers that describe the content, without the one that tells where it came from. */
  private static Map<String, String> describing(Response response) {
    Map<String, String> headers = new TreeMap<>(response.headers());
    headers.remove("cache-status");
    return headers;
  }

  private static void assertDescribes(Response response, Sample sample, String type) {
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.header("Content-Type")).isEqualTo(type);
    assertThat(response.header("Content-Length")).isEqualTo(Integer.toString(sample.size()));
    assertThat(response.header("Docker-Content-Digest")).isEqualTo(sample.digest().toString());
    assertThat(response.header("ETag")).isEqualTo("\"" + sample.digest() + "\"");
    assertThat(response.headers()).doesNotContainKeys("content-encoding", "transfer-encoding");
  }

  @Test
  void aBlobIsDescribedTheSameByHeadAndGetBeforeAndAfterItIsHere() throws IOException {
    Response headOfMiss = mirror.head(BLOB.uri());
    Response miss = mirror.get(BLOB.uri());
    Awaitility.await().until(() -> mirror.mirror().transfersInFlight() == 0);
    Response headOfHit = mirror.head(BLOB.uri());
    Response hit = mirror.get(BLOB.uri(), "Accept-Encoding: gzip, zstd");

    assertDescribes(miss, BLOB, "application/octet-stream");
    assertThat(describing(headOfMiss)).isEqualTo(describing(miss));
    assertThat(describing(headOfHit)).isEqualTo(describing(miss));
    assertThat(describing(hit)).isEqualTo(describing(miss));
    assertThat(miss.header("Accept-Ranges")).isEqualTo("bytes");
  }

  @Test
  void aManifestIsDescribedTheSameByHeadAndGetBeforeAndAfterItIsHere() throws IOException {
    String uri = MANIFEST.uri();

    Response headOfMiss = mirror.head(uri);
    Response miss = mirror.get(uri);
    Response headOfHit = mirror.head(uri);
    Response hit = mirror.get(uri, "Accept-Encoding: gzip, zstd");

    assertDescribes(miss, MANIFEST, Sample.MANIFEST_TYPE);
    assertThat(miss.body()).isEqualTo(MANIFEST.bytes());
    assertThat(describing(headOfMiss)).isEqualTo(describing(miss));
    assertThat(describing(headOfHit)).isEqualTo(describing(miss));
    assertThat(describing(hit)).isEqualTo(describing(miss));
  }

  @Test
  void aTagIsDescribedTheSameByHeadAndGet() throws IOException {
    Response head = mirror.head(Sample.tagUri("v1"));
    Response get = mirror.get(Sample.tagUri("v1"));
    Response headAgain = mirror.head(Sample.tagUri("v1"));

    assertDescribes(get, MANIFEST, Sample.MANIFEST_TYPE);
    assertThat(describing(head)).isEqualTo(describing(get));
    assertThat(describing(headAgain)).isEqualTo(describing(get));
  }

  @Test
  void aRangeOfAManifestIsAnsweredWhole() throws IOException {
    mirror.get(MANIFEST.uri());

    Response response = mirror.get(MANIFEST.uri(), "Range: bytes=5-9");

    assertThat(response.status()).isEqualTo(200);
    assertThat(response.body()).isEqualTo(MANIFEST.bytes());
    assertThat(response.headers()).doesNotContainKey("accept-ranges");
  }

  @Test
  void anErrorIsDescribedTheSameByHeadAndGet() throws IOException {
    String unknown = "/v2/library/app/tags/nonsense" + Sample.NS;

    assertThat(mirror.head(unknown).headers()).isEqualTo(mirror.get(unknown).headers());
    assertThat(mirror.head(unknown).status()).isEqualTo(404);
  }

  @Test
  void upstreamIsAskedForPlainBytesWhateverTheClientWouldTake() throws IOException {
    mirror.get(BLOB.uri(), "Accept-Encoding: gzip");
    mirror.get(MANIFEST.uri(), "Accept-Encoding: gzip");

    assertThat(mirror.upstream.requests())
        .allSatisfy(
            request ->
                assertThat(request.header("Accept-Encoding").orElse("identity"))
                    .isEqualTo("identity"));
  }

  @Test
  void aPersonWithCurlSeesWhereAnAnswerCameFrom() throws IOException {
    assertThat(mirror.get(BLOB.uri()).header("Cache-Status"))
        .isEqualTo("tarn; fwd=miss; detail=upstream");
    Awaitility.await().until(() -> mirror.mirror().transfersInFlight() == 0);
    assertThat(mirror.get(BLOB.uri()).header("Cache-Status")).isEqualTo("tarn; hit; detail=disk");

    mirror.upstream.on(Sample.tagPath("v2"), MANIFEST.reply(), Reply.status(503));
    mirror.get(Sample.tagUri("v2"));
    assertThat(mirror.get(Sample.tagUri("v2")).header("Cache-Status"))
        .isEqualTo("tarn; hit; detail=stale");
  }

  /** What comes from nearby is all here before its asker looks: that is no hit. */
  @Test
  void aMissThatCameAtOnceIsAMiss() throws IOException {
    mirror.close();
    mirror =
        MirrorFixture.start(
            directory.resolve("quick"), MirrorOptions.patient().fetchingBeforeReading());
    mirror.upstream.on(BLOB.path(), BLOB.reply());

    Response miss = mirror.get(BLOB.uri());

    assertThat(miss.body()).isEqualTo(BLOB.bytes());
    assertThat(miss.header("Cache-Status")).isEqualTo("tarn; fwd=miss; detail=upstream");
    assertThat(mirror.get(BLOB.uri()).header("Cache-Status")).isEqualTo("tarn; hit; detail=disk");
  }
}
