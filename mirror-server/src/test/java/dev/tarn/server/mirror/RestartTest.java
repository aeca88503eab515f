package dev.tarn.server.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.server.testing.MirrorFixture;
import dev.tarn.server.testing.MirrorOptions;
import dev.tarn.server.testing.RawClient.Response;
import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.Sample;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a mirror still knows when it comes back. */
class RestartTest {
  private static final Sample BLOB = Sample.blob(1, 300_000);
  private static final Sample MANIFEST = Sample.manifest(1);
  private static final String URI = Sample.tagUri("v1");

  @TempDir Path directory;

  private static void script(MirrorFixture mirror) {
    mirror.upstream.on(BLOB.path(), BLOB.reply()).on(MANIFEST.path(), MANIFEST.reply());
    mirror.upstream.on(Sample.tagPath("v1"), MANIFEST.reply());
  }

  private void pullThenStop(MirrorOptions options, String... headers) throws IOException {
    try (MirrorFixture mirror = MirrorFixture.start(directory, options)) {
      script(mirror);
      assertThat(mirror.get(URI, headers).body()).isEqualTo(MANIFEST.bytes());
      assertThat(mirror.get(BLOB.uri(), headers).body()).isEqualTo(BLOB.bytes());
      mirror.awaitQuiet();
    }
  }

  @Test
  void withUpstreamDownAnImageThatWasPulledBeforeIsServed() throws IOException {
    pullThenStop(MirrorOptions.patient());

    try (MirrorFixture mirror = MirrorFixture.start(directory, MirrorOptions.patient())) {
      mirror.upstream.close();

      Response head = mirror.head(URI);
      assertThat(head.status()).isEqualTo(200);
      assertThat(head.header("Docker-Content-Digest")).isEqualTo(MANIFEST.digest().toString());
      assertThat(head.header("Content-Type")).isEqualTo(Sample.MANIFEST_TYPE);
      Response manifest = mirror.get(MANIFEST.uri());
      assertThat(manifest.body()).isEqualTo(MANIFEST.bytes());
      assertThat(manifest.header("Content-Type")).isEqualTo(Sample.MANIFEST_TYPE);
      assertThat(mirror.get(BLOB.uri()).body()).isEqualTo(BLOB.bytes());
      assertThat(mirror.head(BLOB.uri()).header("Content-Length")).isEqualTo("300000");
      assertThat(mirror.stale).hasSize(1);
    }
  }

  @Test
  void aTagWithinItsMaxAgeIsStillBelieved() throws IOException {
    MirrorOptions options = MirrorOptions.patient().withMaxAge(Duration.ofMinutes(5));
    pullThenStop(options);

    try (MirrorFixture mirror = MirrorFixture.start(directory, options)) {
      mirror.now.updateAndGet(now -> now.plusSeconds(299));
      assertThat(mirror.get(URI).body()).isEqualTo(MANIFEST.bytes());
      assertThat(mirror.upstream.requests()).isEmpty();

      mirror.now.updateAndGet(now -> now.plusSeconds(1));
      assertThat(mirror.get(URI).status()).isEqualTo(404);
    }
  }

  @Test
  void whatNeededACredentialStillDoes() throws IOException {
    pullThenStop(MirrorOptions.patient(), "Authorization: Bearer secret-of-a");

    try (MirrorFixture mirror = MirrorFixture.start(directory, MirrorOptions.patient())) {
      Reply refusal = Reply.challenge("Basic realm=\"private\"");
      mirror.upstream.on(BLOB.path(), refusal).on(MANIFEST.path(), refusal);
      mirror.upstream.on(Sample.tagPath("v1"), refusal);

      assertThat(mirror.get(URI).status()).isEqualTo(401);
      assertThat(mirror.get(MANIFEST.uri()).status()).isEqualTo(401);
      assertThat(mirror.get(BLOB.uri()).status()).isEqualTo(401);
      mirror.upstream.close();
      for (String uri : List.of(URI, BLOB.uri())) {
        Response asked = mirror.get(uri);
        assertThat(asked.status()).isEqualTo(401);
        assertThat(asked.header("WWW-Authenticate")).isEqualTo("Basic realm=\"private\"");
        assertThat(mirror.get(uri, "Authorization: Basic b3RoZXI6").status()).isEqualTo(502);
      }
    }
  }

  @Test
  void whatUpstreamDeletedIsStillServedByDigestButNotByTag() throws IOException {
    pullThenStop(MirrorOptions.patient());

    try (MirrorFixture mirror = MirrorFixture.start(directory, MirrorOptions.patient())) {
      assertThat(mirror.get(URI).status()).isEqualTo(404);
      assertThat(mirror.get(MANIFEST.uri()).body()).isEqualTo(MANIFEST.bytes());
      assertThat(mirror.get(BLOB.uri()).body()).isEqualTo(BLOB.bytes());
    }
  }
}
