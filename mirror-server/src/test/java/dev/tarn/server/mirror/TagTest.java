package dev.tarn.server.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.server.testing.Clients;
import dev.tarn.server.testing.MirrorFixture;
import dev.tarn.server.testing.MirrorOptions;
import dev.tarn.server.testing.RawClient.Response;
import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.Sample;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A tag is what upstream says it is now. */
@Execution(ExecutionMode.CONCURRENT)
class TagTest {
  private static final String TAG = Sample.tagPath("v1");
  private static final String URI = Sample.tagUri("v1");
  private static final Sample OLD = Sample.manifest(1);
  private static final Sample NEW = Sample.manifest(2);

  /** For an upstream that may never answer. */
  private static final MirrorOptions HASTY =
      MirrorOptions.patient().withHeaderTimeout(Duration.ofSeconds(2));

  @TempDir Path directory;

  private MirrorFixture start() throws IOException {
    return start(MirrorOptions.patient());
  }

  private MirrorFixture start(MirrorOptions options) throws IOException {
    MirrorFixture mirror = MirrorFixture.start(directory, options);
    mirror.upstream.on(TAG, OLD.reply()).on(OLD.path(), OLD.reply()).on(NEW.path(), NEW.reply());
    return mirror;
  }

  @Test
  void aTagThatIsKnownCostsOneHeadAndNothingElse() throws IOException {
    try (MirrorFixture mirror = start()) {
      assertThat(mirror.get(URI).body()).isEqualTo(OLD.bytes());
      int before = mirror.upstream.requests().size();

      assertThat(mirror.get(URI).body()).isEqualTo(OLD.bytes());
      assertThat(mirror.head(URI).header("Docker-Content-Digest"))
          .isEqualTo(OLD.digest().toString());

      assertThat(mirror.upstream.requests()).hasSize(before + 2);
      assertThat(mirror.upstream.count("HEAD", TAG)).isEqualTo(3);
      assertThat(mirror.upstream.count("GET", OLD.path())).isEqualTo(1);
      assertThat(mirror.upstream.count("GET", TAG)).isZero();
    }
  }

  @Test
  void whoAsksAtTheSameTimeSharesOneHead() throws Exception {
    try (MirrorFixture mirror = start()) {
      CountDownLatch gate = new CountDownLatch(1);
      mirror.upstream.on(TAG, OLD.reply().heldAt(-1, gate), Reply.status(500));

      List<Response> answers =
          Clients.atOnce(
              20,
              () -> mirror.head(URI),
              () -> {
                Awaitility.await().until(() -> mirror.begun.get() == 20);
                gate.countDown();
              });

      assertThat(answers).allSatisfy(answer -> assertThat(answer.status()).isEqualTo(200));
      assertThat(mirror.upstream.count("HEAD", TAG)).isEqualTo(1);
    }
  }

  @Test
  void aTagThatMovedIsSeenAtTheNextPull() throws IOException {
    try (MirrorFixture mirror = start()) {
      assertThat(mirror.get(URI).body()).isEqualTo(OLD.bytes());

      mirror.upstream.on(TAG, NEW.reply());

      assertThat(mirror.head(URI).header("Docker-Content-Digest"))
          .isEqualTo(NEW.digest().toString());
      assertThat(mirror.get(URI).body()).isEqualTo(NEW.bytes());
      assertThat(mirror.get(OLD.uri()).body()).as("by digest").isEqualTo(OLD.bytes());
      assertThat(mirror.stale).isEmpty();
    }
  }

  static Stream<Arguments> waysToBeAway() {
    return Stream.of(
        Arguments.of("500", Reply.status(500)),
        Arguments.of("502", Reply.status(502)),
        Arguments.of("503", Reply.status(503)),
        Arguments.of("429", Reply.rateLimited("")),
        Arguments.of("429 for a while", Reply.rateLimited("600")),
        Arguments.of("closing", Reply.closeWithoutAnswer()),
        Arguments.of("resetting", Reply.resetWithoutAnswer()),
        Arguments.of("silent", Reply.hang()),
        Arguments.of("a page with 200", Reply.htmlPage()));
  }

  @ParameterizedTest(name = "upstream is {0}")
  @MethodSource("waysToBeAway")
  void whereUpstreamCannotSayTheLastKnownDigestIsServedAndCountedAsStale(String how, Reply away)
      throws IOException {
    try (MirrorFixture mirror = start(HASTY)) {
      mirror.get(URI);
      mirror.upstream.on(TAG, away);

      Response head = mirror.head(URI);
      Response get = mirror.get(URI);

      assertThat(head.status()).isEqualTo(200);
      assertThat(head.header("Docker-Content-Digest")).isEqualTo(OLD.digest().toString());
      assertThat(head.header("Content-Type")).isEqualTo(Sample.MANIFEST_TYPE);
      assertThat(get.body()).isEqualTo(OLD.bytes());
      assertThat(mirror.stale)
          .containsExactly("example.com/library/app:v1", "example.com/library/app:v1");
      Awaitility.await().until(() -> mirror.finished.size() == 3);
      assertThat(mirror.finished)
          .extracting(done -> done.outcome())
          .containsExactly(Outcome.MISS, Outcome.STALE, Outcome.STALE);
    }
  }

  @Test
  void whereUpstreamIsGoneTheLastKnownDigestIsServed() throws IOException {
    try (MirrorFixture mirror = start()) {
      mirror.get(URI);
      mirror.upstream.close();

      assertThat(mirror.get(URI).body()).isEqualTo(OLD.bytes());
      assertThat(mirror.get(OLD.uri()).body()).isEqualTo(OLD.bytes());
      assertThat(mirror.stale).hasSize(1);
    }
  }

  @ParameterizedTest(name = "upstream is {0}")
  @MethodSource("waysToBeAway")
  void aTagThatWasNeverSeenIsAnErrorToFallBackFrom(String how, Reply away) throws IOException {
    try (MirrorFixture mirror = start(HASTY)) {
      mirror.upstream.on(TAG, away);

      Response response = mirror.get(URI);

      assertThat(response.status()).isIn(502, 503, 504);
      assertThat(response.text()).contains("\"errors\"");
      assertThat(mirror.stale).isEmpty();
    }
  }

  @Test
  void aTagThatUpstreamNoLongerHasIs404AndForgotten() throws IOException {
    try (MirrorFixture mirror = start()) {
      mirror.get(URI);
      mirror.upstream.on(TAG, Reply.status(404));
      assertThat(mirror.get(URI).status()).isEqualTo(404);

      mirror.upstream.on(TAG, Reply.status(503));

      assertThat(mirror.get(URI).status()).as("nothing stale is left").isEqualTo(502);
      assertThat(mirror.stale).isEmpty();
      assertThat(mirror.get(OLD.uri()).body()).as("by digest").isEqualTo(OLD.bytes());
    }
  }

  @Test
  void aTagThatBecamePrivateIsNotServedStale() throws IOException {
    try (MirrorFixture mirror = start()) {
      mirror.get(URI);
      mirror.upstream.on(TAG, Reply.challenge("Basic realm=\"now private\""));

      Response response = mirror.get(URI);

      assertThat(response.status()).isEqualTo(401);
      assertThat(response.header("WWW-Authenticate")).isEqualTo("Basic realm=\"now private\"");
    }
  }

  @Test
  void withinItsMaxAgeATagIsBelievedAndThenAskedForAgain() throws IOException {
    try (MirrorFixture mirror = start(MirrorOptions.patient().withMaxAge(Duration.ofSeconds(60)))) {
      mirror.get(URI);
      mirror.upstream.on(TAG, NEW.reply());

      mirror.now.updateAndGet(now -> now.plusSeconds(59));
      assertThat(mirror.get(URI).body()).isEqualTo(OLD.bytes());
      assertThat(mirror.head(URI).header("Docker-Content-Digest"))
          .isEqualTo(OLD.digest().toString());
      assertThat(mirror.upstream.count("HEAD", TAG)).isEqualTo(1);

      mirror.now.updateAndGet(now -> now.plusSeconds(1));
      assertThat(mirror.get(URI).body()).isEqualTo(NEW.bytes());
      assertThat(mirror.upstream.count("HEAD", TAG)).isEqualTo(2);

      mirror.now.updateAndGet(now -> now.plusSeconds(59));
      assertThat(mirror.get(URI).body()).isEqualTo(NEW.bytes());
      assertThat(mirror.upstream.count("HEAD", TAG)).isEqualTo(2);
      assertThat(mirror.stale).isEmpty();
    }
  }

  /** Registries give them one platform's manifest, which is not what the tag names for others. */
  @Test
  void whatIsSaidToOneWhoTakesNoListsReplacesNothingThatIsKnownForThoseWhoDo() throws IOException {
    try (MirrorFixture mirror = start()) {
      assertThat(mirror.get(URI, Sample.ACCEPT).body()).isEqualTo(OLD.bytes());
      mirror.upstream.on(TAG, NEW.reply());
      assertThat(mirror.get(URI).body()).isEqualTo(NEW.bytes());

      mirror.upstream.on(TAG, Reply.status(503));

      assertThat(mirror.get(URI, Sample.ACCEPT).body()).isEqualTo(OLD.bytes());
    }
  }

  @Test
  void whereAHeadDoesNotTellTheDigestTheManifestIsFetchedAndHashed() throws IOException {
    try (MirrorFixture mirror = start()) {
      mirror.upstream.on(TAG, OLD.reply().withoutHeader("Docker-Content-Digest"));

      assertThat(mirror.head(URI).header("Docker-Content-Digest"))
          .isEqualTo(OLD.digest().toString());
      assertThat(mirror.get(URI).body()).isEqualTo(OLD.bytes());
    }
  }

  @Test
  void aMalformedDigestOfUpstreamsIsNotPassedOn() throws IOException {
    try (MirrorFixture mirror = start()) {
      mirror.upstream.on(TAG, OLD.reply().header("Docker-Content-Digest", "sha256:xyz"));

      assertThat(mirror.head(URI).header("Docker-Content-Digest"))
          .isEqualTo(OLD.digest().toString());
    }
  }

  @Test
  void aTagIsCheckedForEachRepositoryOnItsOwn() throws IOException {
    try (MirrorFixture mirror = start()) {
      String other = "/v2/library/other/manifests/v1";
      mirror.get(URI);

      assertThat(mirror.get(other + Sample.NS).status()).isEqualTo(404);
      mirror.upstream.on(other, Reply.status(503));
      assertThat(mirror.get(other + Sample.NS).status()).isEqualTo(502);
    }
  }
}
