package dev.tarn.server.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.core.name.Tag;
import dev.tarn.server.testing.MirrorFixture;
import dev.tarn.server.testing.MirrorOptions;
import dev.tarn.server.testing.RawClient.Response;
import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.Sample;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What is known of a tag is dropped when an operator says so. */
@Execution(ExecutionMode.CONCURRENT)
class InvalidateTest {
  private static final Scope SCOPE =
      new Scope(new RegistryHost(MirrorFixture.REGISTRY), new RepositoryName("library/app"));
  private static final Tag V1 = new Tag("v1");
  private static final String TAG = Sample.tagPath("v1");
  private static final String URI = Sample.tagUri("v1");
  private static final Sample OLD = Sample.manifest(1);
  private static final Sample NEW = Sample.manifest(2);

  @TempDir Path directory;

  private MirrorFixture start(Duration maxAge) throws IOException {
    MirrorFixture mirror =
        MirrorFixture.start(directory, MirrorOptions.patient().withMaxAge(maxAge));
    mirror
        .upstream
        .on(TAG, OLD.reply())
        .on(Sample.tagPath("v2"), OLD.reply())
        .on(OLD.path(), OLD.reply())
        .on(NEW.path(), NEW.reply());
    return mirror;
  }

  private MirrorFixture start() throws IOException {
    return start(Duration.ofDays(1));
  }

  private static void awaitStored(MirrorFixture mirror) {
    Awaitility.await().until(() -> mirror.store().sizeOf(OLD.digest()).isPresent());
  }

  @Test
  void aTagIsAskedForAnewAtOnce() throws IOException {
    try (MirrorFixture mirror = start()) {
      mirror.get(URI);
      mirror.upstream.on(TAG, NEW.reply());
      assertThat(mirror.get(URI).body()).as("believed").isEqualTo(OLD.bytes());

      List<InvalidatedTag> dropped = mirror.mirror().invalidate(SCOPE, Optional.of(V1));

      assertThat(dropped).containsExactly(new InvalidatedTag(V1, OLD.digest(), mirror.now.get()));
      assertThat(mirror.get(URI).body()).isEqualTo(NEW.bytes());
      assertThat(mirror.upstream.count("HEAD", TAG)).isEqualTo(2);
    }
  }

  @Test
  void nothingIsLeftToFallBackOnInAnOutageAlsoNotAfterARestart() throws IOException {
    try (MirrorFixture mirror = start()) {
      mirror.get(URI);
      mirror.mirror().invalidate(SCOPE, Optional.of(V1));
    }
    try (MirrorFixture mirror = start()) {
      mirror.upstream.on(TAG, Reply.status(503));

      assertThat(mirror.get(URI).status()).isEqualTo(502);
      assertThat(mirror.stale).isEmpty();
    }
  }

  @Test
  void itsContentStaysUnderItsDigest() throws IOException {
    try (MirrorFixture mirror = start()) {
      mirror.get(URI);
      awaitStored(mirror);
      mirror.mirror().invalidate(SCOPE, Optional.of(V1));

      assertThat(mirror.get(OLD.uri()).body()).isEqualTo(OLD.bytes());
      assertThat(mirror.upstream.count("GET", OLD.path())).isEqualTo(1);
    }
  }

  @Test
  void otherTagsAndOtherRepositoriesStay() throws IOException {
    try (MirrorFixture mirror = start()) {
      String other = "/v2/library/other/manifests/v1";
      mirror
          .upstream
          .on(other, OLD.reply())
          .on(other.replace("v1", OLD.digest().toString()), OLD.reply());
      mirror.get(URI);
      mirror.get(Sample.tagUri("v2"));
      mirror.get(other + Sample.NS);
      mirror.get(TAG + "?ns=docker.io");
      awaitStored(mirror);
      int before = mirror.upstream.requests().size();

      mirror.mirror().invalidate(SCOPE, Optional.of(V1));

      mirror.get(Sample.tagUri("v2"));
      mirror.get(other + Sample.NS);
      mirror.get(TAG + "?ns=docker.io");
      assertThat(mirror.upstream.requests()).hasSize(before);
    }
  }

  @Test
  void withoutATagAllTagsOfTheRepositoryAreDropped() throws IOException {
    try (MirrorFixture mirror = start()) {
      mirror.get(URI);
      mirror.get(Sample.tagUri("v2"));
      mirror.get(TAG + "?ns=docker.io");

      assertThat(mirror.mirror().invalidate(SCOPE, Optional.empty()))
          .extracting(InvalidatedTag::tag)
          .containsExactly(V1, new Tag("v2"));
      assertThat(mirror.mirror().invalidate(SCOPE, Optional.empty())).isEmpty();

      mirror.upstream.on(TAG, NEW.reply()).on(Sample.tagPath("v2"), NEW.reply());
      assertThat(mirror.get(URI).body()).isEqualTo(NEW.bytes());
      assertThat(mirror.get(Sample.tagUri("v2")).body()).isEqualTo(NEW.bytes());
      assertThat(mirror.get(TAG + "?ns=docker.io").body()).isEqualTo(OLD.bytes());
    }
  }

  @Test
  void whatWasNeverKnownIsNoError() throws IOException {
    try (MirrorFixture mirror = start()) {
      assertThat(mirror.mirror().invalidate(SCOPE, Optional.of(V1))).isEmpty();
      assertThat(mirror.mirror().invalidate(SCOPE, Optional.empty())).isEmpty();
    }
  }

  /** Else the very answer that was to be forgotten would be believed from then on. */
  @Test
  void anAnswerToAQuestionFromBeforeIsNotKept() throws Exception {
    try (MirrorFixture mirror = start();
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      CountDownLatch gate = new CountDownLatch(1);
      mirror.upstream.on(TAG, OLD.reply().heldAt(-1, gate), NEW.reply());
      CompletableFuture<Response> early = new CompletableFuture<>();
      clients.execute(() -> complete(early, mirror));
      Awaitility.await().until(() -> mirror.upstream.count("HEAD", TAG) == 1);

      mirror.mirror().invalidate(SCOPE, Optional.of(V1));
      assertThat(mirror.get(URI).body()).as("who asks now").isEqualTo(NEW.bytes());
      gate.countDown();

      assertThat(early.get(30, TimeUnit.SECONDS).body()).isEqualTo(OLD.bytes());
      assertThat(mirror.get(URI).body()).isEqualTo(NEW.bytes());
      assertThat(mirror.upstream.count("HEAD", TAG)).isEqualTo(2);
    }
  }

  private static void complete(CompletableFuture<Response> answer, MirrorFixture mirror) {
    try {
      answer.complete(mirror.get(URI));
    } catch (IOException e) {
      answer.completeExceptionally(e);
    }
  }
}
