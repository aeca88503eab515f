package dev.tarn.server.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.server.testing.Clients;
import dev.tarn.server.testing.MirrorFixture;
import dev.tarn.server.testing.MirrorOptions;
import dev.tarn.server.testing.RawClient.Response;
import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.Sample;
import dev.tarn.server.testing.ScriptedRequest;
import dev.tarn.server.testing.ScriptedUpstream.Responder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What needed a credential is served to nobody whom upstream has not let in. */
class PrivateContentTest {
  private static final String A = "Authorization: Bearer secret-of-a";
  private static final String ALSO_A = "Authorization: Basic c2VjcmV0LW9mLWE=";
  private static final String B = "Authorization: Bearer secret-of-b";
  private static final Sample BLOB = Sample.blob(1, 300_000);
  private static final Sample MANIFEST = Sample.manifest(1);
  private static final String TAG = Sample.tagPath("v1");

  @TempDir Path directory;
  private MirrorFixture mirror;
  private String challenge = "";

  @BeforeEach
  void start() throws IOException {
    mirror = MirrorFixture.start(directory, MirrorOptions.patient());
    challenge =
        "Bearer realm=\""
            + mirror.upstream.url()
            + "/token\",service=\"scripted\",scope=\"repository:library/app:pull\"";
    mirror.upstream.on("/token", Reply.status(401));
    mirror.upstream.on(BLOB.path(), onlyA(BLOB.reply()));
    mirror.upstream.on(MANIFEST.path(), onlyA(MANIFEST.reply()));
    mirror.upstream.on(TAG, onlyA(MANIFEST.reply()));
  }

  @AfterEach
  void stop() {
    mirror.close();
  }

  private Responder onlyA(Reply reply) {
    return request ->
        request
            .header("Authorization")
            .map(value -> A.endsWith(value) || ALSO_A.endsWith(value) ? reply : Reply.status(403))
            .orElse(Reply.challenge(challenge));
  }

  private void assertChallenged(Response response) {
    assertThat(response.status()).isEqualTo(401);
    assertThat(response.header("WWW-Authenticate")).isEqualTo(challenge);
    assertThat(response.text()).contains("\"errors\"");
  }

  private List<String> methods(String path) {
    return mirror.upstream.requests(path).stream().map(ScriptedRequest::method).toList();
  }

  @Test
  void aBlobThatIsHereIsServedToWhomUpstreamLetsInAndToNobodyElse() throws IOException {
    assertThat(mirror.get(BLOB.uri(), A).body()).isEqualTo(BLOB.bytes());
    mirror.awaitQuiet();

    assertChallenged(mirror.get(BLOB.uri()));
    assertThat(mirror.head(BLOB.uri()).status()).isEqualTo(401);
    assertThat(mirror.get(BLOB.uri(), B).status()).isEqualTo(403);
    assertThat(mirror.get(BLOB.uri(), "Range: bytes=0-9").status()).isEqualTo(401);
    assertThat(mirror.get(BLOB.uri(), A).body()).isEqualTo(BLOB.bytes());
    assertThat(mirror.get(BLOB.uri(), ALSO_A).body()).isEqualTo(BLOB.bytes());

    assertThat(mirror.upstream.count("GET", BLOB.path())).as("the bytes came once").isEqualTo(1);
  }

  @Test
  void aSecondPullAsksUpstreamForTheTagAlone() throws IOException {
    for (int pull = 0; pull < 2; pull++) {
      assertThat(mirror.head(Sample.tagUri("v1"), A).status()).isEqualTo(200);
      assertThat(mirror.get(MANIFEST.uri(), A).body()).isEqualTo(MANIFEST.bytes());
      assertThat(mirror.get(BLOB.uri(), A).body()).isEqualTo(BLOB.bytes());
      mirror.awaitQuiet();
    }

    assertThat(methods(TAG)).containsExactly("HEAD", "HEAD");
    assertThat(methods(MANIFEST.path())).containsExactly("GET");
    assertThat(methods(BLOB.path())).containsExactly("GET");
  }

  /** containerd fetches a token to resolve, and another to fetch. */
  @Test
  void anotherTokenCostsOneQuestionHoweverManyBlobsItIsShownFor() throws Exception {
    List<Sample> blobs = IntStream.range(50, 56).mapToObj(i -> Sample.blob(i, 10_000)).toList();
    for (Sample blob : blobs) {
      mirror.upstream.on(blob.path(), onlyA(blob.reply()));
      mirror.get(blob.uri(), A);
    }
    mirror.awaitQuiet();
    CountDownLatch gate = new CountDownLatch(1);
    for (Sample blob : blobs) {
      mirror.upstream.on(blob.path(), onlyA(blob.reply().heldAt(-1, gate)));
    }
    Thread opener =
        Thread.startVirtualThread(
            () -> {
              Awaitility.await().until(() -> heads(blobs) == 1);
              gate.countDown();
            });

    List<Response> answers =
        Clients.atOnce(blobs.size(), i -> () -> mirror.get(blobs.get(i).uri(), ALSO_A));
    opener.join();

    for (int i = 0; i < blobs.size(); i++) {
      assertThat(answers.get(i).body()).isEqualTo(blobs.get(i).bytes());
    }
    assertThat(heads(blobs)).isEqualTo(1);
  }

  private long heads(List<Sample> blobs) {
    return blobs.stream().mapToLong(blob -> mirror.upstream.count("HEAD", blob.path())).sum();
  }

  @Test
  void aRightThatIsWithdrawnEndsWithinTheDecisionTime() throws IOException {
    mirror.get(Sample.tagUri("v1"), A);
    mirror.get(BLOB.uri(), A);
    mirror.awaitQuiet();
    mirror.upstream.on(BLOB.path(), Reply.status(403));
    mirror.upstream.on(MANIFEST.path(), Reply.status(403));

    mirror.now.updateAndGet(now -> now.plus(Duration.ofSeconds(299)));
    assertThat(mirror.get(BLOB.uri(), A).status()).isEqualTo(200);
    mirror.now.updateAndGet(now -> now.plus(Duration.ofSeconds(1)));
    assertThat(mirror.get(BLOB.uri(), A).status()).isEqualTo(403);
    assertThat(mirror.get(MANIFEST.uri(), A).status()).isEqualTo(403);

    mirror.upstream.close();
    mirror.now.updateAndGet(now -> now.plusSeconds(5));
    assertThat(mirror.get(BLOB.uri(), A).status()).as("no grace after a refusal").isEqualTo(502);
  }

  /** Who makes a manifest can name any digest in it. */
  @Test
  void aRightToOneRepositoryIsNoneToAnother() throws IOException {
    mirror.get(BLOB.uri(), A);
    mirror.awaitQuiet();
    String elsewhere = "/v2/library/other/blobs/" + BLOB.digest();
    mirror.upstream.on(elsewhere, Reply.status(404));
    Sample own = Sample.blob(60, 1000);
    mirror.upstream.on("/v2/library/other/blobs/" + own.digest(), own.reply());
    assertThat(
            mirror.get("/v2/library/other/blobs/" + own.digest() + "?ns=example.com", A).status())
        .isEqualTo(200);

    assertThat(mirror.get(elsewhere + "?ns=example.com", A).status()).isEqualTo(404);
    assertThat(mirror.get(elsewhere + "?ns=example.com").status()).isEqualTo(404);
  }

  @Test
  void whatAnybodyMayReadIsAskedForAnewWhenTheDecisionIsOld() throws IOException {
    Sample open = Sample.blob(4, 1000);
    mirror.upstream.on(open.path(), open.reply());
    mirror.get(open.uri());
    mirror.awaitQuiet();
    assertThat(mirror.get(open.uri()).status()).isEqualTo(200);
    assertThat(methods(open.path())).containsExactly("GET");

    mirror.upstream.on(open.path(), Reply.challenge(challenge));
    mirror.now.updateAndGet(now -> now.plus(Duration.ofMinutes(5)));

    assertChallenged(mirror.get(open.uri()));
    assertChallenged(mirror.get(open.uri()));
  }

  @Test
  void aManifestThatIsHereIsServedToWhomUpstreamLetsInAndToNobodyElse() throws IOException {
    assertThat(mirror.get(Sample.tagUri("v1"), A).body()).isEqualTo(MANIFEST.bytes());

    for (String uri : List.of(Sample.tagUri("v1"), MANIFEST.uri())) {
      assertChallenged(mirror.get(uri));
      assertThat(mirror.head(uri).status()).isEqualTo(401);
      assertThat(mirror.get(uri, B).status()).isEqualTo(403);
      assertThat(mirror.get(uri, A).body()).isEqualTo(MANIFEST.bytes());
    }
  }

  @Test
  void whereUpstreamIsGoneThePrivateIsServedToWhomItLetInBefore() throws IOException {
    assertChallenged(mirror.get(Sample.tagUri("v1")));
    for (String credential : List.of(A, ALSO_A)) {
      mirror.get(Sample.tagUri("v1"), credential);
      mirror.get(BLOB.uri(), credential);
      mirror.awaitQuiet();
    }

    mirror.upstream.close();
    mirror.now.updateAndGet(now -> now.plus(Duration.ofHours(24).minusSeconds(1)));

    for (String uri : List.of(Sample.tagUri("v1"), MANIFEST.uri(), BLOB.uri())) {
      assertThat(mirror.get(uri, ALSO_A).status()).as("a name and a password").isEqualTo(200);
      assertThat(mirror.head(uri, ALSO_A).status()).isEqualTo(200);
      for (String other : List.of(A, B)) {
        assertThat(mirror.get(uri, other).status()).isEqualTo(502);
        assertThat(mirror.head(uri, other).status()).isEqualTo(502);
      }
      assertChallenged(mirror.get(uri));
      assertThat(mirror.head(uri).status()).isEqualTo(401);
    }
    assertThat(mirror.get(Sample.blob(70, 10).uri()).status()).as("not here").isEqualTo(502);
    assertThat(mirror.stale).hasSize(2);

    mirror.now.updateAndGet(now -> now.plus(Duration.ofSeconds(1)));
    assertThat(mirror.get(BLOB.uri(), ALSO_A).status()).as("after the grace").isEqualTo(502);
  }

  @Test
  void whereUpstreamLimitsTheRateWhatIsHereIsServedForAnHour() throws IOException {
    mirror.get(Sample.tagUri("v1"), A);
    mirror.get(BLOB.uri(), A);
    mirror.awaitQuiet();
    for (String path : List.of(TAG, MANIFEST.path(), BLOB.path())) {
      mirror.upstream.on(path, Reply.rateLimited("60"));
    }

    mirror.now.updateAndGet(now -> now.plus(Duration.ofMinutes(65).minusSeconds(1)));
    for (String uri : List.of(Sample.tagUri("v1"), MANIFEST.uri(), BLOB.uri())) {
      assertThat(mirror.get(uri, A).status()).isEqualTo(200);
      assertThat(mirror.get(uri, B).status()).isEqualTo(503);
    }
    mirror.now.updateAndGet(now -> now.plus(Duration.ofSeconds(1)));
    assertThat(mirror.get(BLOB.uri(), A).status()).isEqualTo(503);
  }

  @Test
  void aTransferUnderWayIsJoinedOnlyByWhomUpstreamLetsIn() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    mirror.upstream.on(BLOB.path(), onlyA(BLOB.reply().heldAt(200_000, gate)), onlyA(BLOB.reply()));
    assertThat(mirror.get(BLOB.uri(), A, "Range: bytes=0-9").status()).isEqualTo(206);

    assertChallenged(mirror.get(BLOB.uri(), "Range: bytes=0-9"));
    assertThat(mirror.get(BLOB.uri(), B, "Range: bytes=0-9").status()).isEqualTo(403);
    assertThat(mirror.get(BLOB.uri(), ALSO_A, "Range: bytes=0-9").body())
        .isEqualTo(BLOB.part(0, 10));

    gate.countDown();
    assertThat(mirror.upstream.count("GET", BLOB.path())).isEqualTo(1);
  }

  @Test
  void whoIsRefusedDoesNotSpoilItForWhoMay() throws Exception {
    for (int round = 0; round < 20; round++) {
      Sample blob = Sample.blob(100 + round, 1000);
      mirror.upstream.on(blob.path(), onlyA(blob.reply()));

      List<Response> answers =
          Clients.atOnce(
              6,
              client ->
                  () ->
                      client % 2 == 0
                          ? mirror.get(blob.uri())
                          : mirror.get(blob.uri(), client == 3 ? ALSO_A : A));

      for (int client = 0; client < 6; client++) {
        assertThat(answers.get(client).status())
            .as("client %d in round %d", client, round)
            .isEqualTo(client % 2 == 0 ? 401 : 200);
      }
    }
  }

  @Test
  void whoWaitsForAnAttemptThatIsRefusedTriesWithItsOwnCredential() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    mirror.upstream.on(BLOB.path(), Reply.challenge("Basic realm=\"private\"").heldAt(-1, gate));

    List<Response> answers =
        Clients.atOnce(
            2,
            client ->
                () -> {
                  if (client == 0) {
                    return mirror.get(BLOB.uri());
                  }
                  Awaitility.await().until(() -> mirror.upstream.requests().size() == 1);
                  // Lets in whoever asks for the right, before the attempt under way is refused.
                  mirror.upstream.on(BLOB.path(), onlyA(BLOB.reply()));
                  Thread opener =
                      Thread.startVirtualThread(
                          () -> {
                            Awaitility.await()
                                .until(() -> mirror.upstream.count("HEAD", BLOB.path()) == 1);
                            gate.countDown();
                          });
                  Response answer = mirror.get(BLOB.uri(), A);
                  opener.join();
                  return answer;
                });
    assertThat(answers.get(0).status()).isEqualTo(401);
    assertThat(answers.get(1).body()).isEqualTo(BLOB.bytes());
  }

  @Test
  void aPartThatWasKeptIsNotServedToWhomUpstreamRefuses() throws IOException {
    Sample big = Sample.blob(2, 9_000_000);
    mirror.upstream.on(
        big.path(), onlyA(big.reply().truncatedAt(6_000_000)), onlyA(Reply.status(404)));
    assertThat(mirror.get(big.uri(), A).claimsWhole()).isFalse();
    mirror.awaitQuiet();
    assertThat(mirror.store().partialSize(big.digest())).hasValue(9_000_000);
    mirror.upstream.on(big.path(), onlyA(big.reply()));

    assertChallenged(mirror.get(big.uri()));
    assertThat(mirror.get(big.uri(), B).status()).isEqualTo(403);
    assertThat(mirror.store().partialSize(big.digest())).as("still kept").hasValue(9_000_000);

    assertThat(mirror.get(big.uri(), A).body()).isEqualTo(big.bytes());
    assertThat(mirror.upstream.requests(big.path()).getLast().header("Range"))
        .contains("bytes=4194304-");
  }

  @Test
  void whatAnybodyMayReadIsOpenOnceUpstreamSaidSoToSomebodyWithoutACredential() throws IOException {
    Sample open = Sample.blob(3, 1000);
    mirror.upstream.on(open.path(), open.reply());

    mirror.get(open.uri(), A);
    mirror.awaitQuiet();
    assertThat(mirror.get(open.uri()).body()).isEqualTo(open.bytes());
    assertThat(mirror.get(open.uri()).body()).isEqualTo(open.bytes());
    assertThat(mirror.get(open.uri(), B).body()).isEqualTo(open.bytes());

    assertThat(methods(open.path())).containsExactly("GET", "HEAD");
  }

  @Test
  void aCredentialIsPassedOnAsItCameAndNeverStored() throws IOException {
    mirror.get(Sample.tagUri("v1"), A);
    mirror.get(BLOB.uri(), A);
    mirror.get(BLOB.uri(), B);
    mirror.awaitQuiet();

    assertThat(mirror.upstream.requests(BLOB.path()).getFirst().header("Authorization"))
        .contains("Bearer secret-of-a");
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(file.toString()).doesNotContain("secret");
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).doesNotContain("secret-of");
      }
    }
    assertThat(mirror.troubles.toString()).doesNotContain("secret");
    assertThat(mirror.finished.toString()).doesNotContain("secret");
  }

  @Test
  void aChallengeOfSeveralSchemesIsPassedOnVerbatim() throws IOException {
    mirror.upstream.on(
        BLOB.path(),
        Reply.status(401).header("WWW-Authenticate", "Basic realm=\"a, b\"", "Negotiate"));

    assertThat(mirror.get(BLOB.uri()).header("WWW-Authenticate"))
        .isEqualTo("Basic realm=\"a, b\"\nNegotiate");
  }
}
