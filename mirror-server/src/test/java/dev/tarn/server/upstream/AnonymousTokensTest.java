package dev.tarn.server.upstream;

import static dev.tarn.server.upstream.UpstreamFixture.MANIFEST;
import static dev.tarn.server.upstream.UpstreamFixture.MANIFEST_PATH;
import static dev.tarn.server.upstream.UpstreamFixture.REPOSITORY;
import static dev.tarn.server.upstream.UpstreamFixture.TAG;
import static dev.tarn.server.upstream.UpstreamFixture.failed;
import static dev.tarn.server.upstream.UpstreamFixture.found;
import static dev.tarn.server.upstream.UpstreamFixture.read;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.ScriptedRequest;
import dev.tarn.server.testing.ScriptedUpstream;
import dev.tarn.server.upstream.UpstreamAnswer.RateLimited;
import dev.tarn.server.upstream.UpstreamAnswer.Reason;
import dev.tarn.server.upstream.UpstreamAnswer.Refused;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A registry that wants a token of everybody, and gives one to anybody or not. */
class AnonymousTokensTest {
  private final UpstreamFixture fixture = new UpstreamFixture();
  private final ScriptedUpstream upstream = fixture.upstream;
  private final Reply challenge = Reply.bearer(upstream.url() + "/token", "library/alpine");

  @BeforeEach
  void aRegistryThatWantsATokenCalledT() {
    upstream.on(MANIFEST_PATH, request -> hasToken(request, "t") ? MANIFEST : challenge);
    upstream.on("/token", Reply.token("t", 300));
  }

  @AfterEach
  void end() {
    fixture.close();
  }

  private static boolean hasToken(ScriptedRequest request, String token) {
    return request.header("Authorization").filter(("Bearer " + token)::equals).isPresent();
  }

  private long tokenRequests() {
    return upstream.count("GET", "/token");
  }

  @Test
  void anAnonymousCallerGetsInByAnAnonymousToken() throws IOException {
    UpstreamAnswer answer = fixture.getManifest();

    assertThat(found(answer).anonymous()).isTrue();
    assertThat(read(answer)).asString().isEqualTo("{}");
    ScriptedRequest request = upstream.requests("/token").getFirst();
    assertThat(request.query())
        .isEqualTo("service=scripted&scope=repository%3Alibrary%2Falpine%3Apull");
    assertThat(request.header("Authorization")).isEmpty();
  }

  @Test
  void aTokenIsKeptUntilShortlyBeforeItExpires() throws IOException {
    read(fixture.getManifest());
    fixture.pass(Duration.ofSeconds(285));
    read(fixture.getManifest());
    assertThat(tokenRequests()).isEqualTo(1);
    assertThat(upstream.count("GET", MANIFEST_PATH)).isEqualTo(3);

    fixture.pass(Duration.ofSeconds(10));
    read(fixture.getManifest());

    assertThat(tokenRequests()).isEqualTo(2);
  }

  @Test
  void aKeptTokenThatNoLongerCountsIsReplacedOnce() throws IOException {
    read(fixture.getManifest());
    upstream.on(MANIFEST_PATH, request -> hasToken(request, "new") ? MANIFEST : challenge);
    upstream.on("/token", Reply.token("new", 300));

    read(fixture.getManifest());

    assertThat(tokenRequests()).isEqualTo(2);
  }

  @Test
  void manyWhoNeedTheSameTokenAtOnceShareOneRequest()
      throws IOException, InterruptedException, ExecutionException {
    CountDownLatch gate = new CountDownLatch(1);
    upstream.on("/token", Reply.token("t", 300).heldAt(-1, gate));
    int callers = 20;

    List<Future<UpstreamAnswer>> answers = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < callers; i++) {
        answers.add(threads.submit(fixture::getManifest));
      }
      Awaitility.await().until(() -> upstream.count("GET", MANIFEST_PATH) == callers);
      gate.countDown();
      for (Future<UpstreamAnswer> answer : answers) {
        assertThat(read(answer.get())).asString().isEqualTo("{}");
      }
    }

    assertThat(tokenRequests()).isEqualTo(1);
  }

  @Test
  void aRealmThatRefusesHandsTheChallengeToTheClient() {
    String verbatim =
        "Bearer realm=\"" + upstream.url() + "/token\", service=\"x\",scope=\"a b\" , error=\"e\"";
    for (int status : List.of(400, 401, 403, 404)) {
      upstream.on(MANIFEST_PATH, Reply.challenge(verbatim));
      upstream.on("/token", Reply.status(status));

      UpstreamAnswer answer = fixture.getManifest();

      assertThat(answer).isInstanceOf(Refused.class);
      assertThat(((Refused) answer).status()).isEqualTo(401);
      assertThat(((Refused) answer).challenges()).containsExactly(verbatim);
      assertThat(((Refused) answer).body().text()).contains("status 401");
    }
    assertThat(upstream.requests("/token").getFirst().query())
        .isEqualTo("service=x&scope=a&scope=b");
  }

  @Test
  void aTokenThatIsNotEnoughHandsTheFirstChallengeToTheClient() {
    Reply insufficient =
        Reply.challenge("Bearer realm=\"https://elsewhere\",error=\"insufficient_scope\"");
    for (Reply second : List.of(insufficient, Reply.status(403))) {
      upstream.on(MANIFEST_PATH, request -> hasToken(request, "t") ? second : challenge);

      for (int i = 0; i < 2; i++) {
        UpstreamAnswer answer = fixture.getManifest();

        assertThat(answer).isInstanceOf(Refused.class);
        assertThat(((Refused) answer).status()).isEqualTo(401);
        assertThat(((Refused) answer).challenges())
            .containsExactly(
                "Bearer realm=\""
                    + upstream.url()
                    + "/token\",service=\"scripted\",scope=\"repository:library/alpine:pull\"");
      }
    }
  }

  @Test
  void aBasicChallengeGoesToTheClientAtOnce() {
    upstream.on(MANIFEST_PATH, Reply.challenge("Basic realm=\"private\""));

    UpstreamAnswer answer = fixture.getManifest();

    assertThat(((Refused) answer).challenges()).containsExactly("Basic realm=\"private\"");
    assertThat(upstream.requests()).hasSize(1);
  }

  @Test
  void severalChallengesArePassedOnAsTheyCame() {
    upstream.on(
        MANIFEST_PATH,
        Reply.status(401)
            .header("WWW-Authenticate", "Basic realm=\"a\"", "Bearer service=\"no realm\""));

    UpstreamAnswer answer = fixture.getManifest();

    assertThat(((Refused) answer).challenges())
        .containsExactly("Basic realm=\"a\"", "Bearer service=\"no realm\"");
  }

  @Test
  void aCallersOwnCredentialIsSentAndNoTokenIsFetched() throws IOException {
    UpstreamAnswer answer =
        fixture.registry().getManifest(REPOSITORY, TAG, "", Caller.withAuthorization("Bearer t"));

    assertThat(found(answer).anonymous()).isFalse();
    read(answer);
    assertThat(tokenRequests()).isZero();
    read(fixture.getManifest());
    assertThat(tokenRequests()).as("what a caller brought is nobody else's").isEqualTo(1);
  }

  @Test
  void aCredentialThatUpstreamRefusesIsRefusedInItsWords() {
    upstream.on(MANIFEST_PATH, Reply.challenge("Bearer realm=\"r\",error=\"invalid_token\""));

    UpstreamAnswer answer =
        fixture.registry().getManifest(REPOSITORY, TAG, "", Caller.withAuthorization("Bearer x"));

    assertThat(((Refused) answer).challenges())
        .containsExactly("Bearer realm=\"r\",error=\"invalid_token\"");
    assertThat(upstream.requests()).hasSize(1);
  }

  @Test
  void aForbiddenRepositoryIsRefusedAsForbidden() {
    upstream.on(MANIFEST_PATH, Reply.status(403));

    assertThat(((Refused) fixture.getManifest()).status()).isEqualTo(403);
  }

  @Test
  void aRealmThatIsBusyOrBrokenIsNoRefusal() {
    upstream.on("/token", Reply.rateLimited("7"));
    assertThat(((RateLimited) fixture.getManifest()).retryAfter()).contains(Duration.ofSeconds(7));

    upstream.on("/token", Reply.status(500));
    assertThat(failed(fixture.getManifest()).reason()).isEqualTo(Reason.STATUS);

    upstream.on("/token", Reply.json("[1,2]"));
    assertThat(failed(fixture.getManifest()).reason()).isEqualTo(Reason.PROTOCOL);

    upstream.on("/token", Reply.json("{\"token\":\"" + "x".repeat(2_000_000) + "\"}"));
    assertThat(failed(fixture.getManifest()).reason()).isEqualTo(Reason.PROTOCOL);
  }

  @Test
  void aRealmAtAForbiddenAddressIsNotAskedAndTheClientIsChallenged() {
    List<String> realms =
        List.of("http://169.254.169.254/token", "http://[fe80::1]/token", "ftp://x/token", "/");
    for (String realm : realms) {
      upstream.on(MANIFEST_PATH, Reply.bearer(realm, "library/alpine"));

      UpstreamAnswer answer = fixture.getManifest();

      assertThat(answer).as(realm).isInstanceOf(Refused.class);
      assertThat(((Refused) answer).challenges().getFirst()).contains(realm);
    }
  }

  @Test
  void accessTokenIsAnotherNameForToken() throws IOException {
    upstream.on("/token", Reply.json("{\"x\":{\"token\":1},\"access_token\":\"t\"}"));

    assertThat(read(fixture.getManifest())).asString().isEqualTo("{}");
  }
}
