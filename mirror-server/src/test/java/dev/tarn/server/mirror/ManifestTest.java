package dev.tarn.server.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.digest.Algorithm;
import dev.tarn.core.digest.Digest;
import dev.tarn.server.testing.Clients;
import dev.tarn.server.testing.MirrorFixture;
import dev.tarn.server.testing.MirrorOptions;
import dev.tarn.server.testing.RawClient.Response;
import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.Sample;
import dev.tarn.server.testing.ScriptedRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Manifests by digest: verified, kept, never changed. */
class ManifestTest {
  private static final Sample MANIFEST = Sample.manifest(1);

  @TempDir Path directory;
  private MirrorFixture mirror;

  @BeforeEach
  void start() throws IOException {
    mirror = MirrorFixture.start(directory, MirrorOptions.patient());
    mirror.upstream.on(MANIFEST.path(), MANIFEST.reply());
  }

  @AfterEach
  void stop() {
    mirror.close();
  }

  @Test
  void aManifestIsFetchedOnceAndItsBytesAndTypeAreUpstreams() throws IOException {
    byte[] docker =
        "{ \"schemaVersion\" : 2 }\n\n".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    String type = "application/vnd.docker.distribution.manifest.list.v2+json";
    String path = Sample.REPOSITORY + "manifests/" + Digest.sha256(docker);
    mirror.upstream.on(path, Reply.manifest(type, docker));

    for (int i = 0; i < 3; i++) {
      Response response =
          mirror.get(path + Sample.NS, "Accept: application/vnd.oci.image.index.v1+json");
      assertThat(response.body()).isEqualTo(docker);
      assertThat(response.header("Content-Type")).isEqualTo(type);
    }
    assertThat(mirror.upstream.requests()).hasSize(1);
  }

  @Test
  void theClientsListOfTypesReachesUpstream() throws IOException {
    mirror.get(MANIFEST.uri(), "Accept: a/b", "Accept: c/d;q=0.5, */*");

    assertThat(mirror.upstream.requests().getFirst().header("Accept"))
        .contains("a/b, c/d;q=0.5, */*");
  }

  @Test
  void twentyMissesAtOnceAreOneFetch() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    mirror.upstream.on(MANIFEST.path(), MANIFEST.reply().heldAt(-1, gate));

    List<Response> answers =
        Clients.atOnce(
            20,
            () -> mirror.get(MANIFEST.uri()),
            () -> {
              Awaitility.await().until(() -> mirror.endpoint().connections() == 20);
              gate.countDown();
            });

    assertThat(answers).allSatisfy(answer -> assertThat(answer.body()).isEqualTo(MANIFEST.bytes()));
    assertThat(mirror.upstream.requests()).hasSize(1);
  }

  @Test
  void aHeadOfAManifestThatIsNotHereNeverFetchesIt() throws IOException {
    assertThat(mirror.head(MANIFEST.uri()).status()).isEqualTo(200);

    assertThat(mirror.upstream.requests())
        .extracting(ScriptedRequest::method)
        .containsExactly("HEAD");
    assertThat(mirror.store().sizeOf(MANIFEST.digest())).isEmpty();
  }

  @Test
  void aManifestOfOtherBytesIsNeitherServedNorKept() throws IOException {
    mirror.upstream.on(MANIFEST.path(), MANIFEST.reply().withWrongByteAt(20), MANIFEST.reply());

    assertThat(mirror.get(MANIFEST.uri()).status()).isEqualTo(502);
    assertThat(mirror.store().sizeOf(MANIFEST.digest())).isEmpty();
    assertThat(mirror.get(MANIFEST.uri()).body()).isEqualTo(MANIFEST.bytes());
  }

  @Test
  void aManifestThatIsTooLargeIsNeitherServedNorKept() throws IOException {
    byte[] huge = new byte[8 * 1024 * 1024 + 1];
    String path = Sample.REPOSITORY + "manifests/" + Digest.sha256(huge);
    mirror.upstream.on(path, Reply.manifest(Sample.MANIFEST_TYPE, huge));

    assertThat(mirror.get(path + Sample.NS).status()).isEqualTo(502);
    assertThat(mirror.store().sizeOf(Digest.sha256(huge))).isEmpty();
  }

  @Test
  void aSha512DigestIsVerifiedAsSuch() throws IOException {
    Digest digest = Digest.of(Algorithm.SHA512, ByteBuffer.wrap(MANIFEST.bytes()));
    String path = Sample.REPOSITORY + "manifests/" + digest;
    mirror.upstream.on(
        path,
        MANIFEST.reply().withWrongByteAt(3),
        MANIFEST.reply().header("Docker-Content-Digest", digest.toString()));

    assertThat(mirror.get(path + Sample.NS).status()).isEqualTo(502);
    Response right = mirror.get(path + Sample.NS);

    assertThat(right.body()).isEqualTo(MANIFEST.bytes());
    assertThat(right.header("Docker-Content-Digest")).isEqualTo(digest.toString());
    assertThat(mirror.get(path + Sample.NS).body()).isEqualTo(MANIFEST.bytes());
    assertThat(mirror.upstream.requests()).hasSize(2);
  }

  @Test
  void whoFetchesAManifestAsABlobDoesNotChangeItsTypeForOthers() throws IOException {
    String asBlob = Sample.REPOSITORY + "blobs/" + MANIFEST.digest();
    mirror.upstream.on(asBlob, Reply.blob(MANIFEST.bytes()));

    mirror.get(asBlob + Sample.NS);
    mirror.awaitQuiet();
    assertThat(mirror.get(MANIFEST.uri()).header("Content-Type")).isEqualTo(Sample.MANIFEST_TYPE);
    assertThat(mirror.head(MANIFEST.uri()).header("Content-Type")).isEqualTo(Sample.MANIFEST_TYPE);

    mirror.get(asBlob + Sample.NS);
    mirror.head(asBlob + Sample.NS);
    Response again = mirror.get(MANIFEST.uri());
    assertThat(again.header("Content-Type")).isEqualTo(Sample.MANIFEST_TYPE);
    assertThat(again.body()).isEqualTo(MANIFEST.bytes());
  }

  @Test
  void aManifestIsNotServedUnderARepositoryThatDoesNotHaveIt() throws IOException {
    mirror.get(MANIFEST.uri());
    String other = "/v2/library/other/manifests/" + MANIFEST.digest() + Sample.NS;

    assertThat(mirror.get(other).status()).isEqualTo(404);
    assertThat(mirror.head(other).status()).isEqualTo(404);
  }

  @Test
  void onlyWhatWasAskedForIsFetched() throws IOException {
    Sample amd64 = Sample.manifest(2);
    Sample arm64 = Sample.manifest(3);
    byte[] index =
        ("{\"manifests\":[{\"digest\":\""
                + amd64.digest()
                + "\"},{\"digest\":\""
                + arm64.digest()
                + "\"}]}")
            .getBytes(java.nio.charset.StandardCharsets.UTF_8);
    String path = Sample.REPOSITORY + "manifests/" + Digest.sha256(index);
    mirror
        .upstream
        .on(path, Reply.manifest("application/vnd.oci.image.index.v1+json", index))
        .on(amd64.path(), amd64.reply())
        .on(arm64.path(), arm64.reply());

    mirror.get(path + Sample.NS);
    mirror.get(amd64.uri());

    assertThat(mirror.upstream.requests())
        .extracting(ScriptedRequest::path)
        .containsExactly(path, amd64.path());
  }
}
