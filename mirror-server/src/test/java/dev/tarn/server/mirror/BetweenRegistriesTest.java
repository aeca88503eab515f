package dev.tarn.server.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.name.BlobKey;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.planner.Question;
import dev.tarn.core.store.StoredBlob;
import dev.tarn.server.testing.Keys;
import dev.tarn.server.testing.MirrorFixture;
import dev.tarn.server.testing.MirrorOptions;
import dev.tarn.server.testing.RawClient.Response;
import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.Sample;
import dev.tarn.server.testing.ScriptedRequest;
import dev.tarn.server.testing.ScriptedUpstream.Responder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What one registry delivered is not given away because another one says that it has it, too. The
 * other one is Docker Hub's stand-in; its repository is {@code other/app}.
 */
class BetweenRegistriesTest {
  private static final String A = "Authorization: Bearer secret-of-a";
  private static final String B = "Authorization: Bearer secret-of-b";
  private static final Sample BLOB = Sample.blob(1, 300_000);
  private static final Sample MANIFEST = Sample.manifest(1);
  private static final String OTHER_BLOB = "/v2/other/app/blobs/" + BLOB.digest();
  private static final String OTHER_MANIFEST = "/v2/other/app/manifests/" + MANIFEST.digest();
  private static final String OTHER_TAG = "/v2/other/app/manifests/v1";
  private static final String NS = "?ns=docker.io";
  private static final BlobKey OTHER_KEY = new BlobKey(RegistryHost.DOCKER_HUB, BLOB.digest());

  @TempDir Path directory;
  private MirrorFixture mirror;

  @BeforeEach
  void start() throws IOException {
    mirror = MirrorFixture.start(directory, MirrorOptions.patient());
    mirror.upstream.on(BLOB.path(), onlyFor(A, BLOB.reply()));
    mirror.upstream.on(MANIFEST.path(), onlyFor(A, MANIFEST.reply()));
  }

  @AfterEach
  void stop() {
    mirror.close();
  }

  private static Responder onlyFor(String who, Reply reply) {
    return request ->
        request.header("Authorization").filter(who::endsWith).isPresent()
            ? reply
            : Reply.challenge("Basic realm=\"private\"");
  }

  /** A registry that says yes, and has nothing but the digest and the size. */
  private static Responder claims(Reply truth, Reply instead) {
    return request -> request.method().equals("HEAD") ? truth : instead;
  }

  private void isHere(Sample sample, String... credential) throws IOException {
    assertThat(mirror.get(sample.uri(), credential).body()).isEqualTo(sample.bytes());
    Awaitility.await().until(() -> mirror.store().sizeOf(sample.digest()).isPresent());
    mirror.awaitQuiet();
  }

  private List<String> methods(String path) {
    return mirror.upstream.requests(path).stream().map(ScriptedRequest::method).toList();
  }

  private static void assertNothingOf(Sample secret, Response response) {
    int common = 0;
    while (common < response.body().length && response.body()[common] == secret.bytes()[common]) {
      common++;
    }
    assertThat(common).as("bytes given away").isLessThan(8);
  }

  static Stream<Reply> lies() {
    return Stream.of(
        Reply.status(404),
        Reply.status(503),
        Reply.blob(new byte[BLOB.size()]),
        Reply.blob(new byte[BLOB.size()]).truncatedAt(10),
        Reply.blob(new byte[BLOB.size()]).withoutRanges(),
        Reply.closeWithoutAnswer());
  }

  @ParameterizedTest
  @MethodSource("lies")
  void whoOnlyClaimsToHaveABlobGetsNobodyAtIt(Reply instead) throws IOException {
    isHere(BLOB, A);
    mirror.upstream.on(OTHER_BLOB, claims(BLOB.reply(), instead));

    for (int attempt = 0; attempt < 3; attempt++) {
      assertNothingOf(BLOB, mirror.get(OTHER_BLOB + NS));
      assertNothingOf(BLOB, mirror.get(OTHER_BLOB + NS, B));
      assertThat(mirror.head(OTHER_BLOB + NS, B).status()).isEqualTo(200);
    }
    assertThat(mirror.peers.completeSize(OTHER_KEY)).isEqualTo(Question.UNKNOWN_SIZE);
    assertThat(mirror.peers.open(OTHER_KEY)).isNull();
    assertThat(mirror.get(BLOB.uri(), A).body()).isEqualTo(BLOB.bytes());
    assertThat(mirror.upstream.count("GET", BLOB.path())).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("lies")
  void inPartsNeither(Reply instead) throws IOException {
    isHere(BLOB, A);
    mirror.upstream.on(OTHER_BLOB, claims(BLOB.reply(), instead));

    for (String range : List.of("bytes=0-99", "bytes=100000-", "bytes=-100")) {
      Response part = mirror.get(OTHER_BLOB + NS, B, "Range: " + range);
      byte[] bytes = part.body();
      assertThat(part.status() == 206 && contains(BLOB.bytes(), bytes)).as(range).isFalse();
    }
  }

  private static boolean contains(byte[] all, byte[] part) {
    String text = new String(all, StandardCharsets.ISO_8859_1);
    return part.length >= 8 && text.contains(new String(part, StandardCharsets.ISO_8859_1));
  }

  @Test
  void whoOnlyClaimsToHaveAManifestGetsNobodyAtIt() throws IOException {
    isHere(MANIFEST, A);
    mirror.upstream.on(OTHER_MANIFEST, claims(MANIFEST.reply(), Reply.status(404)));
    mirror.upstream.on(OTHER_TAG, claims(MANIFEST.reply(), Reply.status(404)));

    for (int attempt = 0; attempt < 2; attempt++) {
      assertNothingOf(MANIFEST, mirror.get(OTHER_MANIFEST + NS, B));
      assertNothingOf(MANIFEST, mirror.get(OTHER_TAG + NS, B));
    }
    assertThat(mirror.get(MANIFEST.uri(), A).body()).isEqualTo(MANIFEST.bytes());
  }

  @Test
  void whoDeliveredItInFullHasItServedFromDisk() throws IOException {
    isHere(BLOB, A);
    mirror.upstream.on(OTHER_BLOB, onlyFor(B, BLOB.reply()));

    assertThat(mirror.get(OTHER_BLOB + NS, B).body()).isEqualTo(BLOB.bytes());
    mirror.awaitQuiet();
    assertThat(mirror.get(OTHER_BLOB + NS, B).body()).isEqualTo(BLOB.bytes());
    assertThat(mirror.get(OTHER_BLOB + NS).status()).isEqualTo(401);

    assertThat(mirror.upstream.count("GET", OTHER_BLOB)).isLessThanOrEqualTo(2);
    assertThat(mirror.peers.keys(BLOB.digest()))
        .containsExactlyInAnyOrder(Keys.of(BLOB.digest()), OTHER_KEY);
    try (StoredBlob shared = Objects.requireNonNull(mirror.peers.open(OTHER_KEY))) {
      assertThat(shared.size()).isEqualTo(BLOB.size());
    }
  }

  @Test
  void aManifestThatBothHaveIsFetchedFromBoth() throws IOException {
    isHere(MANIFEST, A);
    mirror.upstream.on(OTHER_MANIFEST, onlyFor(B, MANIFEST.reply()));

    for (int attempt = 0; attempt < 3; attempt++) {
      assertThat(mirror.get(OTHER_MANIFEST + NS, B).body()).isEqualTo(MANIFEST.bytes());
    }

    assertThat(mirror.upstream.count("GET", OTHER_MANIFEST)).isEqualTo(1);
  }

  @Test
  void theNodeStillKnowsAfterARestart() throws IOException {
    isHere(BLOB, A);
    mirror.close();
    mirror = MirrorFixture.start(directory, MirrorOptions.patient());
    mirror.upstream.on(BLOB.path(), onlyFor(A, BLOB.reply()));
    mirror.upstream.on(OTHER_BLOB, claims(BLOB.reply(), Reply.status(404)));

    assertNothingOf(BLOB, mirror.get(OTHER_BLOB + NS, B));
    assertThat(mirror.get(BLOB.uri(), A).body()).isEqualTo(BLOB.bytes());
    assertThat(methods(BLOB.path())).containsExactly("HEAD");
  }

  @Test
  void whatAnybodyMayHaveNeedNotBeDeliveredTwice() throws IOException {
    mirror.upstream.on(BLOB.path(), request -> BLOB.reply());
    isHere(BLOB);
    mirror.upstream.on(OTHER_BLOB, onlyFor(B, BLOB.reply()));

    assertThat(mirror.get(OTHER_BLOB + NS).status()).isEqualTo(401);
    assertThat(mirror.get(OTHER_BLOB + NS, B).body()).isEqualTo(BLOB.bytes());

    assertThat(mirror.upstream.count("GET", OTHER_BLOB)).isZero();
    assertThat(methods(BLOB.path())).containsExactly("GET");
  }

  @Test
  void whatAnybodyMightHaveIsAskedForAgain() throws IOException {
    mirror.upstream.on(BLOB.path(), request -> BLOB.reply());
    isHere(BLOB);
    mirror.upstream.on(OTHER_BLOB, onlyFor(B, BLOB.reply()));
    mirror.now.updateAndGet(now -> now.plus(Duration.ofMinutes(6)));

    assertThat(mirror.get(OTHER_BLOB + NS, B).body()).isEqualTo(BLOB.bytes());
    assertThat(methods(BLOB.path())).containsExactly("GET", "HEAD");
    assertThat(mirror.upstream.count("GET", OTHER_BLOB)).isZero();

    // Private by now; and the other one has nothing but the digest.
    mirror.now.updateAndGet(now -> now.plus(Duration.ofMinutes(6)));
    mirror.upstream.on(BLOB.path(), onlyFor(A, BLOB.reply()));
    mirror.upstream.on(OTHER_BLOB, claims(BLOB.reply(), Reply.status(404)));
    assertNothingOf(BLOB, mirror.get(OTHER_BLOB + NS, B));
  }

  @Test
  void inAnOutageOfTheOtherWhatAnybodyMayHaveIsServed() throws IOException {
    mirror.upstream.on(BLOB.path(), request -> BLOB.reply());
    isHere(BLOB);
    mirror.upstream.on(OTHER_BLOB, request -> BLOB.reply());
    assertThat(mirror.get(OTHER_BLOB + NS).body()).isEqualTo(BLOB.bytes());
    mirror.now.updateAndGet(now -> now.plus(Duration.ofMinutes(6)));
    mirror.upstream.on(OTHER_BLOB, Reply.status(503));

    assertThat(mirror.get(OTHER_BLOB + NS).body()).isEqualTo(BLOB.bytes());

    mirror.now.updateAndGet(now -> now.plus(Duration.ofMinutes(6)));
    mirror.upstream.on(BLOB.path(), Reply.status(503));
    assertThat(mirror.get(OTHER_BLOB + NS).body()).as("both away").isEqualTo(BLOB.bytes());
  }

  @Test
  void aPartOfItIsNotGoneOnWithForAnother() throws IOException {
    Sample large = Sample.blob(7, 9_000_000);
    String other = "/v2/other/app/blobs/" + large.digest();
    mirror.upstream.on(
        large.path(),
        onlyFor(A, large.reply().truncatedAt(8_500_000)),
        onlyFor(A, Reply.status(403)));
    mirror.get(large.uri(), A);
    mirror.awaitQuiet();
    assertThat(mirror.store().partialSize(large.digest())).isPresent();
    mirror.upstream.on(other, Reply.blob(new byte[large.size()]));

    assertNothingOf(large, mirror.get(other + NS, B));

    mirror.awaitQuiet();
    assertThat(mirror.upstream.requests(other).getFirst().header("Range")).isEmpty();
  }

  @Test
  void itsOwnPartIsGoneOnWith() throws IOException {
    Sample large = Sample.blob(7, 9_000_000);
    mirror.upstream.on(
        large.path(),
        onlyFor(A, large.reply().truncatedAt(8_500_000)),
        onlyFor(A, Reply.status(403)));
    mirror.get(large.uri(), A);
    mirror.awaitQuiet();
    mirror.upstream.on(large.path(), onlyFor(A, large.reply()));
    mirror.now.updateAndGet(now -> now.plus(Duration.ofSeconds(10))); // The 403 is forgotten.

    assertThat(mirror.get(large.uri(), A).body()).isEqualTo(large.bytes());

    assertThat(mirror.upstream.requests(large.path()).getLast().header("Range"))
        .hasValueSatisfying(range -> assertThat(range).startsWith("bytes=8"));
  }

  @Test
  void whatIsArrivingIsNotJoinedByAnother() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    mirror.upstream.on(BLOB.path(), onlyFor(A, BLOB.reply().heldAt(200_000, gate)));
    mirror.upstream.on(OTHER_BLOB, claims(BLOB.reply(), Reply.blob(new byte[BLOB.size()])));
    Thread first =
        Thread.startVirtualThread(
            () -> {
              try {
                mirror.get(BLOB.uri(), A);
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    Awaitility.await().until(() -> mirror.mirror().transfersInFlight() == 1);

    assertNothingOf(BLOB, mirror.get(OTHER_BLOB + NS, B));

    gate.countDown();
    first.join();
    mirror.awaitQuiet();
    assertThat(mirror.get(BLOB.uri(), A).body()).isEqualTo(BLOB.bytes());
    assertThat(mirror.upstream.count("GET", BLOB.path())).isEqualTo(1);
  }

  @Test
  void whatNobodyIsKnownToHaveDeliveredIsFetchedAnew() throws IOException {
    mirror.store().put(BLOB.digest(), ByteBuffer.wrap(BLOB.bytes()));

    assertThat(mirror.get(BLOB.uri()).status()).isEqualTo(401);
    assertThat(mirror.get(BLOB.uri(), A).body()).isEqualTo(BLOB.bytes());
    mirror.awaitQuiet();
    assertThat(mirror.get(BLOB.uri(), A).body()).isEqualTo(BLOB.bytes());

    assertThat(mirror.upstream.requests(BLOB.path()))
        .filteredOn(request -> request.method().equals("GET"))
        .filteredOn(request -> request.header("Authorization").isPresent())
        .hasSize(1);
  }
}
