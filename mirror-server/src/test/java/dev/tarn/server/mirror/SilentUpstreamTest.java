package dev.tarn.server.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.server.testing.Clients;
import dev.tarn.server.testing.MirrorFixture;
import dev.tarn.server.testing.MirrorOptions;
import dev.tarn.server.testing.RawClient.Response;
import dev.tarn.server.testing.Sample;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An upstream that takes longer than a client may wait for headers. */
class SilentUpstreamTest {
  private static final Duration HEADER_TIMEOUT = Duration.ofSeconds(2);

  @TempDir Path directory;
  private MirrorFixture mirror;

  @BeforeEach
  void start() throws IOException {
    mirror =
        MirrorFixture.start(directory, MirrorOptions.patient().withHeaderTimeout(HEADER_TIMEOUT));
  }

  @AfterEach
  void stop() {
    mirror.close();
  }

  @Test
  void aBlobIs504InTimeAndTheNextAskerHits() throws Exception {
    Sample blob = Sample.blob(5, 100_000);
    CountDownLatch gate = new CountDownLatch(1);
    mirror.upstream.on(blob.path(), blob.reply().heldAt(-1, gate));

    assertThat(mirror.get(blob.uri()).status()).isEqualTo(504);
    List<Response> meanwhile = Clients.atOnce(5, client -> () -> mirror.get(blob.uri()));
    assertThat(meanwhile).allSatisfy(answer -> assertThat(answer.status()).isEqualTo(504));
    Awaitility.await().until(() -> mirror.finished.size() == 6);
    assertThat(mirror.finished.subList(1, 6))
        .as("nobody waits for an upstream that is known to be silent")
        .allSatisfy(
            done -> assertThat(Duration.ofNanos(done.totalNanos())).isLessThan(HEADER_TIMEOUT));

    gate.countDown();
    Awaitility.await().until(() -> mirror.store().sizeOf(blob.digest()).isPresent());
    assertThat(mirror.get(blob.uri()).body()).isEqualTo(blob.bytes());
    assertThat(mirror.upstream.requests()).hasSize(1);
  }

  @Test
  void aManifestIs504InTimeAndTheNextAskerHits() throws Exception {
    Sample manifest = Sample.manifest(5);
    CountDownLatch gate = new CountDownLatch(1);
    mirror.upstream.on(manifest.path(), manifest.reply().heldAt(-1, gate));

    assertThat(mirror.get(manifest.uri()).status()).isEqualTo(504);
    List<Response> meanwhile = Clients.atOnce(5, client -> () -> mirror.get(manifest.uri()));
    assertThat(meanwhile).allSatisfy(answer -> assertThat(answer.status()).isEqualTo(504));
    Awaitility.await().until(() -> mirror.finished.size() == 6);
    assertThat(mirror.finished.subList(1, 6))
        .allSatisfy(
            done -> assertThat(Duration.ofNanos(done.totalNanos())).isLessThan(HEADER_TIMEOUT));

    gate.countDown();
    Awaitility.await().until(() -> mirror.store().sizeOf(manifest.digest()).isPresent());
    assertThat(mirror.get(manifest.uri()).body()).isEqualTo(manifest.bytes());
    assertThat(mirror.upstream.requests()).hasSize(1);
  }
}
