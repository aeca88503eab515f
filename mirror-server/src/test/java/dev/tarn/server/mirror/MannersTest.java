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

/** What clients get while upstream is away or wants to be left alone, and how much they may ask. */
@Execution(ExecutionMode.CONCURRENT)
class MannersTest {
  private static final String TAG = Sample.tagPath("v1");
  private static final String TAG_URI = Sample.tagUri("v1");
  private static final Sample MANIFEST = Sample.manifest(1);
  private static final Sample BLOB = Sample.blob(1, 300_000);
  private static final Sample COLD = Sample.blob(2, 1000);
  private static final Sample COLD_MANIFEST = Sample.manifest(2);
  private static final String BASIC = "Authorization: Basic c2VjcmV0OnNlY3JldA==";

  @TempDir Path directory;

  private MirrorFixture start(MirrorOptions options) throws IOException {
    MirrorFixture mirror = MirrorFixture.start(directory, options);
    mirror.upstream.on(TAG, MANIFEST.reply());
    for (Sample sample : List.of(MANIFEST, BLOB, COLD, COLD_MANIFEST)) {
      mirror.upstream.on(sample.path(), sample.reply());
    }
    return mirror;
  }

  /** Caches an image, and lets the decision on it grow old, so that upstream would be asked. */
  private static void pull(MirrorFixture mirror, String... headers) throws IOException {
    for (String uri : List.of(TAG_URI, MANIFEST.uri(), BLOB.uri())) {
      assertThat(mirror.get(uri, headers).status()).isEqualTo(200);
    }
    mirror.awaitQuiet();
    mirror.now.updateAndGet(now -> now.plus(Duration.ofMinutes(6)));
  }

  private static void everythingIs(MirrorFixture mirror, Reply reply) {
    for (String path :
        List.of(TAG, MANIFEST.path(), BLOB.path(), COLD.path(), COLD_MANIFEST.path())) {
      mirror.upstream.on(path, reply);
    }
  }

  @Test
  void whileUpstreamWantsToBeLeftAloneWhatIsHereIsServedAndTheRestIsRefusedAtOnce()
      throws IOException {
    try (MirrorFixture mirror = start(MirrorOptions.patient())) {
      pull(mirror);
      everythingIs(mirror, Reply.rateLimited("120"));
      assertThat(mirror.head(TAG_URI).status()).isEqualTo(200);
      assertThat(mirror.get(COLD.uri()).status()).isEqualTo(503);
      assertThat(mirror.get(COLD_MANIFEST.uri()).status()).isEqualTo(503);
      int asked = mirror.upstream.requests().size();

      mirror.now.updateAndGet(now -> now.plusSeconds(60));
      for (int pull = 0; pull < 3; pull++) {
        assertThat(mirror.head(TAG_URI).status()).isEqualTo(200);
        Response cold = mirror.get(COLD.uri());
        assertThat(cold.status()).isEqualTo(503);
        assertThat(cold.header("Retry-After")).isEqualTo("60");
        assertThat(cold.text()).contains("TOOMANYREQUESTS");
        assertThat(mirror.get(COLD_MANIFEST.uri()).status()).isEqualTo(503);
      }
      assertThat(mirror.upstream.requests()).as("left alone").hasSize(asked);
      assertThat(mirror.stale).hasSize(4);

      everythingIs(mirror, Reply.status(404));
      mirror.upstream.on(COLD.path(), COLD.reply());
      mirror.now.updateAndGet(now -> now.plusSeconds(60));
      assertThat(mirror.get(COLD.uri()).body()).isEqualTo(COLD.bytes());
      assertThat(mirror.head(TAG_URI).status()).isEqualTo(404);
    }
  }

  static Stream<Arguments> waysToBeAway() {
    return Stream.of(
        Arguments.of("500", Reply.status(500), 502),
        Arguments.of("503", Reply.status(503), 502),
        Arguments.of("429", Reply.rateLimited("120"), 503),
        Arguments.of("closing", Reply.closeWithoutAnswer(), 502));
  }

  @ParameterizedTest(name = "upstream is {0}")
  @MethodSource("waysToBeAway")
  void whereTheOperatorWantsNoGraceUpstreamsFailureIsTheAnswer(String how, Reply away, int status)
      throws IOException {
    try (MirrorFixture mirror = start(MirrorOptions.patient().refusingInOutage())) {
      mirror.upstream.on(TAG, Reply.challenge("Basic realm=\"r\""), MANIFEST.reply());
      assertThat(mirror.get(TAG_URI).status()).as("a challenge is known").isEqualTo(401);
      pull(mirror);
      pull(mirror, BASIC);
      everythingIs(mirror, away);

      for (String uri : List.of(TAG_URI, MANIFEST.uri(), BLOB.uri(), COLD.uri())) {
        assertThat(mirror.get(uri).status()).as(uri).isEqualTo(status);
        assertThat(mirror.head(uri).status()).as(uri).isEqualTo(status);
        assertThat(mirror.get(uri, BASIC).status()).as(uri).isEqualTo(status);
      }
      assertThat(mirror.stale).isEmpty();
    }
  }

  @Test
  void withoutGraceWhatUpstreamSaidMinutesAgoStillCounts() throws IOException {
    try (MirrorFixture mirror = start(MirrorOptions.patient().refusingInOutage())) {
      pull(mirror);
      assertThat(mirror.get(BLOB.uri()).status()).as("asks upstream anew").isEqualTo(200);
      everythingIs(mirror, Reply.status(500));

      assertThat(mirror.get(BLOB.uri()).status()).isEqualTo(200);
      assertThat(mirror.get(MANIFEST.uri()).status()).isEqualTo(200);
      assertThat(mirror.get(TAG_URI).status()).as("a tag is what upstream says now").isEqualTo(502);
    }
  }

  @Test
  void aClientThatAsksTooMuchOfUpstreamIsToldSo() throws IOException {
    try (MirrorFixture mirror = start(MirrorOptions.patient().withClientLimit(1, 5))) {
      String unknown = Sample.tagPath("none");
      for (int i = 0; i < 5; i++) {
        assertThat(mirror.get(unknown + Sample.NS).status()).isEqualTo(404);
      }

      Response refused = mirror.get(unknown + Sample.NS);

      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.header("Retry-After")).isEqualTo("1");
      assertThat(refused.text()).contains("TOOMANYREQUESTS");
      assertThat(mirror.head(unknown + Sample.NS).status()).isEqualTo(429);
      for (String uri : List.of(COLD.uri(), COLD_MANIFEST.uri())) {
        assertThat(mirror.get(uri).status()).isEqualTo(429);
      }
      assertThat(mirror.get("/v2/library/app/tags/list" + Sample.NS).status()).isEqualTo(429);
      assertThat(mirror.upstream.requests()).hasSize(5);
      assertThat(mirror.get(COLD.uri(), BASIC).status()).as("another client").isEqualTo(200);

      mirror.nanosAhead.addAndGet(Duration.ofSeconds(1).toNanos());
      assertThat(mirror.get(COLD.uri()).status()).isEqualTo(200);
    }
  }

  @Test
  void whatIsHereIsServedHoweverMuchItIsAskedFor() throws IOException {
    try (MirrorFixture mirror = start(MirrorOptions.patient().withClientLimit(1, 3))) {
      for (String uri : List.of(MANIFEST.uri(), BLOB.uri())) {
        mirror.get(uri);
      }
      mirror.awaitQuiet();

      for (int i = 0; i < 20; i++) {
        assertThat(mirror.get(MANIFEST.uri()).status()).isEqualTo(200);
        assertThat(mirror.get(BLOB.uri(), "Range: bytes=100-").status()).isEqualTo(206);
      }

      assertThat(mirror.get(COLD.uri()).status()).isEqualTo(200);
      assertThat(mirror.get(COLD_MANIFEST.uri()).status()).isEqualTo(429);
    }
  }

  /** What a client brings upon itself must not get it more than upstream would give. */
  @Test
  void theLimitIsNoOutage() throws IOException {
    try (MirrorFixture mirror = start(MirrorOptions.patient().withClientLimit(1, 5))) {
      pull(mirror, BASIC);
      for (int i = 0; i < 5; i++) {
        mirror.get(Sample.tagUri("none"), BASIC);
      }

      for (String uri : List.of(TAG_URI, MANIFEST.uri(), BLOB.uri())) {
        assertThat(mirror.get(uri, BASIC).status()).as(uri).isEqualTo(429);
      }
      assertThat(mirror.stale).isEmpty();
    }
  }

  @Test
  void aTransferCountsOnceHoweverOftenItIsResumedAndJoined() throws Exception {
    Sample big = Sample.blob(3, 9_000_000);
    CountDownLatch gate = new CountDownLatch(1);
    try (MirrorFixture mirror = start(MirrorOptions.patient().withClientLimit(1, 1))) {
      mirror.upstream.on(
          big.path(),
          big.reply().truncatedAt(5_000_000),
          big.reply().resetAt(1_000_000),
          big.reply().heldAt(100_000, gate));

      List<Response> answers =
          Clients.atOnce(
              10,
              () -> mirror.get(big.uri()),
              () -> {
                Awaitility.await().until(() -> mirror.begun.get() == 10);
                Awaitility.await().until(() -> mirror.upstream.requests(big.path()).size() == 3);
                gate.countDown();
              });

      assertThat(answers).allSatisfy(answer -> assertThat(answer.claimsWhole()).isTrue());
    }
  }

  /** A cold pull of many layers, three at a time, by one client, with the limits as they are. */
  @Test
  void aColdPullOfAHundredLayersNoticesNothingOfTheLimits() throws Exception {
    List<Sample> layers =
        Stream.iterate(100, i -> i + 1).limit(100).map(MannersTest::layer).toList();
    try (MirrorFixture mirror = start(MirrorOptions.patient().withClientLimit(50, 500))) {
      layers.forEach(layer -> mirror.upstream.on(layer.path(), layer.reply()));
      assertThat(mirror.head(TAG_URI).status()).isEqualTo(200);
      assertThat(mirror.get(MANIFEST.uri()).status()).isEqualTo(200);

      List<Response> answers =
          Clients.atOnce(layers.size(), i -> () -> mirror.get(layers.get(i).uri()));

      assertThat(answers).allSatisfy(answer -> assertThat(answer.status()).isEqualTo(200));
    }
  }

  private static Sample layer(int seed) {
    return Sample.blob(seed, 1000);
  }
}
