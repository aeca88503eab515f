package dev.tarn.server.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.digest.Digest;
import dev.tarn.server.testing.Clients;
import dev.tarn.server.testing.MirrorFixture;
import dev.tarn.server.testing.MirrorOptions;
import dev.tarn.server.testing.RawClient.Response;
import dev.tarn.server.testing.Sample;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bytes on disk change: nobody may be given them time and again. */
class CorruptFileTest {
  private static final Sample BLOB = Sample.blob(1, 300_000);
  private static final Sample MANIFEST = Sample.manifest(1);

  @TempDir Path directory;
  private MirrorFixture mirror;

  @BeforeEach
  void start() throws IOException {
    mirror = MirrorFixture.start(directory, MirrorOptions.patient());
    mirror.upstream.on(BLOB.path(), BLOB.reply());
    mirror.upstream.on(MANIFEST.path(), MANIFEST.reply());
  }

  @AfterEach
  void stop() {
    mirror.close();
  }

  private Path file(Digest digest) {
    return directory
        .resolve("blobs")
        .resolve(digest.algorithm().label())
        .resolve(digest.hex().substring(0, 2))
        .resolve(digest.hex());
  }

  private void corrupt(Digest digest) throws IOException {
    try (FileChannel file = FileChannel.open(file(digest), StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(new byte[] {42, 42, 42, 42}), file.size() / 2);
    }
  }

  private void pass(Duration time) {
    mirror.nanosAhead.addAndGet(time.toNanos());
  }

  @Test
  void itFailsTheFirstAttemptAndNoOther() throws IOException {
    mirror.get(BLOB.uri());
    mirror.awaitQuiet();
    corrupt(BLOB.digest());
    pass(Duration.ofMinutes(6));

    assertThat(mirror.get(BLOB.uri()).body()).isNotEqualTo(BLOB.bytes());

    assertThat(mirror.get(BLOB.uri()).body()).isEqualTo(BLOB.bytes());
    assertThat(mirror.upstream.count("GET", BLOB.path())).isEqualTo(2);
    assertThat(mirror.corrupt).containsExactly(BLOB.digest());
  }

  @Test
  void whatWasFetchedWrongFromDiskAtOnceIsFoundOutAsSoon() throws IOException {
    mirror.get(BLOB.uri());
    mirror.awaitQuiet();
    corrupt(BLOB.digest());

    assertThat(mirror.get(BLOB.uri()).body()).isEqualTo(BLOB.bytes());
  }

  @Test
  void inPartsTheSame() throws IOException {
    mirror.get(BLOB.uri());
    mirror.awaitQuiet();
    corrupt(BLOB.digest());

    assertThat(mirror.get(BLOB.uri(), "Range: bytes=0-99999").body())
        .isEqualTo(BLOB.part(0, 100_000));
    assertThat(mirror.corrupt).containsExactly(BLOB.digest());
    mirror.awaitQuiet();
    assertThat(mirror.get(BLOB.uri(), "Range: bytes=100000-").body())
        .isEqualTo(BLOB.part(100_000, 300_000));
  }

  @Test
  void whoAsksAtOnceWaitsForOneVerification() throws Exception {
    mirror.get(BLOB.uri());
    mirror.awaitQuiet();
    corrupt(BLOB.digest());

    List<Response> answers = Clients.atOnce(8, client -> () -> mirror.get(BLOB.uri()));

    assertThat(answers).allSatisfy(answer -> assertThat(answer.body()).isEqualTo(BLOB.bytes()));
    assertThat(mirror.corrupt).containsExactly(BLOB.digest());
  }

  @Test
  void headsAndReadersFromTheMiddleNeverCauseIt() throws IOException {
    mirror.get(BLOB.uri());
    mirror.awaitQuiet();
    corrupt(BLOB.digest());

    assertThat(mirror.head(BLOB.uri()).status()).isEqualTo(200);
    assertThat(mirror.get(BLOB.uri(), "Range: bytes=5-9").status()).isEqualTo(206);
    assertThat(mirror.get(BLOB.uri(), "Range: bytes=-5").status()).isEqualTo(206);
    assertThat(mirror.corrupt).isEmpty();
  }

  @Test
  void aManifestIsVerifiedWheneverItIsReadFromDisk() throws IOException {
    mirror.get(MANIFEST.uri());
    Awaitility.await().until(() -> mirror.store().sizeOf(MANIFEST.digest()).isPresent());
    corrupt(MANIFEST.digest());
    mirror.close();
    mirror = MirrorFixture.start(directory, MirrorOptions.patient());
    mirror.upstream.on(MANIFEST.path(), MANIFEST.reply());

    assertThat(mirror.get(MANIFEST.uri()).body()).isEqualTo(MANIFEST.bytes());
    assertThat(mirror.corrupt).containsExactly(MANIFEST.digest());
  }
}
