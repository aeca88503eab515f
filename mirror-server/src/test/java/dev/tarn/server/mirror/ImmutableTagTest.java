package dev.tarn.server.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.name.RepositoryName;
import dev.tarn.core.name.Tag;
import dev.tarn.server.testing.MirrorFixture;
import dev.tarn.server.testing.MirrorOptions;
import dev.tarn.server.testing.RawClient.Response;
import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.Sample;
import dev.tarn.server.testing.ScriptedUpstream.Responder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A tag that is declared immutable is asked for once; who may have it is asked as ever. */
@Execution(ExecutionMode.CONCURRENT)
class ImmutableTagTest {
  private static final String TAG = Sample.tagPath("v1");
  private static final String URI = Sample.tagUri("v1");
  private static final String MOVING = Sample.tagPath("latest");
  private static final Sample OLD = Sample.manifest(1);
  private static final Sample NEW = Sample.manifest(2);
  private static final String A = "Authorization: Basic bmFtZTpwYXNzd29yZA==";
  private static final String B = "Authorization: Basic b3RoZXI6cGFzc3dvcmQ=";

  private static final TagRules RULES =
      new TagRules() {
        @Override
        public Duration maxAge(RepositoryName repository) {
          return Duration.ZERO;
        }

        @Override
        public boolean isImmutable(RepositoryName repository, Tag tag) {
          return tag.value().startsWith("v");
        }
      };

  @TempDir Path directory;

  private MirrorFixture start() throws IOException {
    MirrorFixture mirror = MirrorFixture.start(directory, MirrorOptions.patient().withTags(RULES));
    mirror
        .upstream
        .on(TAG, OLD.reply())
        .on(MOVING, OLD.reply())
        .on(OLD.path(), OLD.reply())
        .on(NEW.path(), NEW.reply());
    return mirror;
  }

  private static Responder onlyA(Reply reply) {
    return request ->
        request
            .header("Authorization")
            .map(value -> A.endsWith(value) ? reply : Reply.status(403))
            .orElse(Reply.challenge("Basic realm=\"private\""));
  }

  @Test
  void itIsAskedForOnceAndThenServedWithoutAWordToUpstream() throws IOException {
    try (MirrorFixture mirror = start()) {
      assertThat(mirror.get(URI).body()).isEqualTo(OLD.bytes());
      int before = mirror.upstream.requests().size();
      mirror.upstream.on(TAG, NEW.reply());

      for (int i = 0; i < 3; i++) {
        assertThat(mirror.head(URI).header("Docker-Content-Digest"))
            .isEqualTo(OLD.digest().toString());
        assertThat(mirror.get(URI).body()).isEqualTo(OLD.bytes());
      }

      assertThat(mirror.upstream.requests()).hasSize(before);
    }
  }

  /** As Docker Hub does: one platform's manifest for who does not say that it takes lists. */
  private static Responder byAccept(Reply list, Reply manifest) {
    return request ->
        request.header("Accept").filter(value -> Sample.ACCEPT.endsWith(value)).isPresent()
            ? list
            : manifest;
  }

  @Test
  void whatWasSaidToOneWhoTakesNoListsIsNotBelievedForThoseWhoDo() throws IOException {
    try (MirrorFixture mirror = start()) {
      mirror.upstream.on(TAG, byAccept(NEW.reply(), OLD.reply()));
      assertThat(mirror.get(URI).body()).isEqualTo(OLD.bytes());
      assertThat(mirror.get(URI).body()).isEqualTo(OLD.bytes());
      assertThat(mirror.upstream.count("HEAD", TAG)).isEqualTo(1);

      assertThat(mirror.get(URI, Sample.ACCEPT).body()).isEqualTo(NEW.bytes());
      assertThat(mirror.get(URI, Sample.ACCEPT).body()).isEqualTo(NEW.bytes());
      assertThat(mirror.get(URI).body()).isEqualTo(NEW.bytes());
      assertThat(mirror.upstream.count("HEAD", TAG)).isEqualTo(2);
    }
  }

  @Test
  void otherTagsOfTheRepositoryMoveAsEver() throws IOException {
    try (MirrorFixture mirror = start()) {
      mirror.get(MOVING + Sample.NS);
      mirror.upstream.on(MOVING, NEW.reply());

      assertThat(mirror.get(MOVING + Sample.NS).body()).isEqualTo(NEW.bytes());
    }
  }

  @Test
  void whoMayHaveItIsAskedByDigestWhenTheLastWordIsOld() throws IOException {
    try (MirrorFixture mirror = start()) {
      mirror.get(URI);
      mirror.upstream.on(TAG, NEW.reply());
      mirror.now.updateAndGet(now -> now.plus(Duration.ofDays(400)));

      assertThat(mirror.get(URI).body()).isEqualTo(OLD.bytes());

      assertThat(mirror.upstream.count("HEAD", TAG)).isEqualTo(1);
      assertThat(mirror.upstream.count("HEAD", OLD.path())).isEqualTo(1);
      assertThat(mirror.upstream.count("GET", OLD.path())).isEqualTo(1);
    }
  }

  @Test
  void aPrivateOneIsServedToWhomUpstreamLetsInAndToNobodyElse() throws IOException {
    try (MirrorFixture mirror = start()) {
      mirror.upstream.on(TAG, onlyA(OLD.reply())).on(OLD.path(), onlyA(OLD.reply()));
      assertThat(mirror.get(URI, A).body()).isEqualTo(OLD.bytes());
      assertThat(mirror.get(URI, A).body()).isEqualTo(OLD.bytes());
      assertThat(mirror.upstream.count("HEAD", TAG)).isEqualTo(1);

      assertThat(mirror.get(URI).status()).isEqualTo(401);
      assertThat(mirror.get(URI, B).status()).isEqualTo(403);
      assertThat(mirror.head(URI, B).status()).isEqualTo(403);

      mirror.now.updateAndGet(now -> now.plus(Duration.ofMinutes(6)));
      mirror.upstream.on(TAG, Reply.status(403)).on(OLD.path(), Reply.status(403));
      assertThat(mirror.get(URI, A).status()).as("rights withdrawn").isEqualTo(403);
    }
  }

  @Test
  void inAnOutageItIsNotStale() throws IOException {
    try (MirrorFixture mirror = start()) {
      mirror.get(URI);
      mirror.now.updateAndGet(now -> now.plus(Duration.ofHours(1)));
      mirror.upstream.on(TAG, Reply.status(503)).on(OLD.path(), Reply.status(503));

      assertThat(mirror.get(URI).body()).isEqualTo(OLD.bytes());

      assertThat(mirror.stale).isEmpty();
      Awaitility.await().until(() -> mirror.finished.size() == 2);
      assertThat(mirror.finished.get(1).outcome()).isEqualTo(Outcome.HIT);
    }
  }

  @Test
  void whoMayNotHaveItInAnOutageGetsNothing() throws IOException {
    try (MirrorFixture mirror = start()) {
      mirror.upstream.on(TAG, onlyA(OLD.reply())).on(OLD.path(), onlyA(OLD.reply()));
      mirror.get(URI, A);
      mirror.upstream.on(TAG, Reply.status(503)).on(OLD.path(), Reply.status(503));

      assertThat(mirror.get(URI, B).status()).isEqualTo(502);
      assertThat(mirror.get(URI).status()).isEqualTo(502);
    }
  }

  @Test
  void itsContentIsFetchedByDigestWhereItIsGone() throws IOException {
    try (MirrorFixture mirror = start()) {
      assertThat(mirror.head(URI).status()).isEqualTo(200);
      mirror.upstream.on(TAG, NEW.reply());

      Response get = mirror.get(URI);

      assertThat(get.body()).isEqualTo(OLD.bytes());
      assertThat(mirror.upstream.count("HEAD", TAG)).isEqualTo(1);
    }
  }

  @Test
  void whereUpstreamHasItsContentNoLongerTheTagIsAskedForAgain() throws IOException {
    try (MirrorFixture mirror = start()) {
      assertThat(mirror.head(URI).status()).isEqualTo(200);
      mirror.upstream.on(OLD.path(), Reply.status(404)).on(TAG, NEW.reply());

      assertThat(mirror.get(URI).body()).isEqualTo(NEW.bytes());
      assertThat(mirror.head(URI).header("Docker-Content-Digest"))
          .isEqualTo(NEW.digest().toString());

      mirror.upstream.on(NEW.path(), Reply.status(404)).on(TAG, Reply.status(404));
      mirror.now.updateAndGet(now -> now.plus(Duration.ofHours(1)));
      assertThat(mirror.get(URI).status()).isEqualTo(404);
    }
  }

  @Test
  void itIsKnownAfterARestart() throws IOException {
    try (MirrorFixture mirror = start()) {
      mirror.get(URI);
      Awaitility.await().until(() -> mirror.store().sizeOf(OLD.digest()).isPresent());
    }
    try (MirrorFixture mirror = start()) {
      mirror.upstream.on(TAG, NEW.reply());

      assertThat(mirror.get(URI).body()).isEqualTo(OLD.bytes());
      assertThat(mirror.upstream.count("HEAD", TAG)).isZero();
    }
  }
}
