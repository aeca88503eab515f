package dev.tarn.server.upstream;

import static dev.tarn.server.upstream.UpstreamFixture.MANIFEST_PATH;
import static dev.tarn.server.upstream.UpstreamFixture.OCI_MANIFEST;
import static dev.tarn.server.upstream.UpstreamFixture.REPOSITORY;
import static dev.tarn.server.upstream.UpstreamFixture.TAG;
import static dev.tarn.server.upstream.UpstreamFixture.blobPath;
import static dev.tarn.server.upstream.UpstreamFixture.found;
import static dev.tarn.server.upstream.UpstreamFixture.randomBytes;
import static dev.tarn.server.upstream.UpstreamFixture.read;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.digest.Digest;
import dev.tarn.server.testing.LogCapture;
import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.ScriptedRequest;
import dev.tarn.server.testing.ScriptedUpstream;
import dev.tarn.server.testing.TestCertificate;
import dev.tarn.server.upstream.Credential.IdentityToken;
import dev.tarn.server.upstream.Credential.Password;
import dev.tarn.server.upstream.Credential.RegistryToken;
import dev.tarn.server.upstream.UpstreamAnswer.RateLimited;
import dev.tarn.server.upstream.UpstreamAnswer.Refused;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Tarn was given to show, whom it shows it to, and whom not. */
class OwnCredentialTest {
  private static final Reply MANIFEST =
      Reply.manifest(OCI_MANIFEST, "{}".getBytes(StandardCharsets.UTF_8));
  private static final Password PASSWORD = new Password("robot", "correct horse");
  private static final String BASIC =
      "Basic "
          + Base64.getEncoder()
              .encodeToString("robot:correct horse".getBytes(StandardCharsets.UTF_8));
  private static final List<String> SECRETS =
      List.of("correct horse", BASIC.substring(6), "refresh-me", "registry-opens", "issued-token");

  private final LogCapture log = new LogCapture();
  private final UpstreamFixture fixture = new UpstreamFixture();
  private final ScriptedUpstream registry = fixture.upstream;
  private final ScriptedUpstream other = ScriptedUpstream.start();
  private final Reply challenge = Reply.bearer(registry.url() + "/token", "library/alpine");
  private Set<String> realms = Set.of();
  private boolean shared;

  @BeforeEach
  void aRegistryThatWantsATokenForThePassword() {
    registry.on(
        MANIFEST_PATH, request -> has(request, "Bearer issued-token") ? MANIFEST : challenge);
    registry.on(
        "/token",
        request -> has(request, BASIC) ? Reply.token("issued-token", 300) : Reply.status(401));
  }

  @AfterEach
  void nothingSecretWasLogged() {
    fixture.close();
    other.close();
    log.close();
    for (String secret : SECRETS) {
      assertThat(log.events()).noneMatch(event -> event.contains(secret));
    }
    assertThat(fixture.events.toString()).doesNotContain(SECRETS);
  }

  private static boolean has(ScriptedRequest request, String authorization) {
    return request.header("Authorization").filter(authorization::equals).isPresent();
  }

  private static long with(List<ScriptedRequest> requests, Predicate<String> authorization) {
    return requests.stream()
        .flatMap(request -> request.header("Authorization").stream())
        .filter(authorization)
        .count();
  }

  private Upstream registry(Credential credential) {
    return fixture.registry(own(credential), registry.url());
  }

  private OwnAccess own(Credential credential) {
    return new OwnAccess((origin, repository, patience) -> Optional.of(credential), realms, shared);
  }

  private static UpstreamAnswer get(Upstream upstream) {
    return upstream.getManifest(REPOSITORY, TAG, OCI_MANIFEST, Caller.node());
  }

  @Test
  void aTokenIsFetchedWithThePasswordAndWhatItOpensIsNotAnonymous() throws IOException {
    UpstreamAnswer answer = get(registry(PASSWORD));

    assertThat(found(answer).anonymous()).isFalse();
    assertThat(read(answer)).asString().isEqualTo("{}");
    ScriptedRequest asked = registry.requests("/token").getFirst();
    assertThat(asked.method()).isEqualTo("GET");
    assertThat(asked.query())
        .isEqualTo("service=scripted&scope=repository%3Alibrary%2Falpine%3Apull");
    assertThat(with(registry.requests(MANIFEST_PATH), BASIC::equals)).isZero();
  }

  @Test
  void aTokenIsKeptUntilShortlyBeforeItExpires() throws IOException {
    Upstream upstream = registry(PASSWORD);
    read(get(upstream));
    fixture.now.updateAndGet(now -> now.plusSeconds(285));
    read(get(upstream));
    assertThat(registry.count("GET", "/token")).isEqualTo(1);

    fixture.now.updateAndGet(now -> now.plusSeconds(10));
    read(get(upstream));

    assertThat(registry.count("GET", "/token")).isEqualTo(2);
  }

  @Test
  void manyWhoNeedTheSameTokenAtOnceShareOneRequest() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    registry.on("/token", Reply.token("issued-token", 300).heldAt(-1, gate));
    Upstream upstream = registry(PASSWORD);
    int callers = 10;

    List<Future<UpstreamAnswer>> answers = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < callers; i++) {
        answers.add(threads.submit(() -> get(upstream)));
      }
      Awaitility.await().until(() -> registry.count("GET", MANIFEST_PATH) == callers);
      gate.countDown();
      for (Future<UpstreamAnswer> answer : answers) {
        read(answer.get());
      }
    }

    assertThat(registry.count("GET", "/token")).isEqualTo(1);
  }

  @Test
  void anotherCredentialIsAnotherToken() throws IOException {
    Password[] current = {new Password("robot", "wrong")};
    Upstream upstream =
        fixture.registry(
            new OwnAccess((o, r, p) -> Optional.of(current[0]), Set.of(), false), registry.url());
    assertThat(get(upstream)).isInstanceOf(Refused.class);

    current[0] = PASSWORD;

    read(get(upstream));
  }

  @Test
  void whatNeedsNoCredentialIsShownNoneAndIsAnonymous() throws IOException {
    registry.on(MANIFEST_PATH, MANIFEST);

    UpstreamAnswer answer = get(registry(PASSWORD));

    assertThat(found(answer).anonymous()).isTrue();
    read(answer);
    assertThat(with(registry.requests(), any -> true)).isZero();
  }

  @Test
  void aBasicChallengeIsAnsweredAndAfterwardsForestalled() throws IOException {
    registry.on(
        MANIFEST_PATH,
        request -> has(request, BASIC) ? MANIFEST : Reply.challenge("Basic realm=\"r\""));
    Upstream upstream = registry(PASSWORD);

    UpstreamAnswer answer = get(upstream);

    assertThat(found(answer).anonymous()).isFalse();
    read(answer);
    read(get(upstream));
    assertThat(registry.requests(MANIFEST_PATH))
        .extracting(request -> request.header("Authorization"))
        .containsExactly(Optional.empty(), Optional.of(BASIC), Optional.of(BASIC));
  }

  @Test
  void aRefusedPasswordRestsForAWhileSoThatNoAccountIsLocked() throws IOException {
    registry.on(MANIFEST_PATH, Reply.challenge("Basic realm=\"r\""));
    Upstream upstream = registry(PASSWORD);

    for (int i = 0; i < 5; i++) {
      assertThat(((Refused) get(upstream)).challenges()).containsExactly("Basic realm=\"r\"");
    }
    assertThat(with(registry.requests(), BASIC::equals)).isEqualTo(1);
    assertThat(log.events()).filteredOn(event -> event.contains("credential_not_used")).hasSize(1);

    fixture.now.updateAndGet(now -> now.plusSeconds(31));
    get(upstream);
    assertThat(with(registry.requests(), BASIC::equals)).isEqualTo(2);
  }

  @Test
  void wherePasswordAndAnonymityAreBothRefusedTheClientGetsTheChallenge() {
    registry.on("/token", Reply.status(401));
    Upstream upstream = registry(PASSWORD);

    UpstreamAnswer answer = get(upstream);

    assertThat(((Refused) answer).challenges().getFirst()).contains("/token");
    get(upstream);
    assertThat(with(registry.requests("/token"), BASIC::equals)).isEqualTo(1);
  }

  @Test
  void whereThePasswordIsRefusedWhatAnybodyMayReadIsStillRead() throws IOException {
    registry.on(
        "/token",
        request -> has(request, BASIC) ? Reply.status(401) : Reply.token("issued-token", 300));

    UpstreamAnswer answer = get(registry(PASSWORD));

    assertThat(found(answer).anonymous()).isTrue();
    read(answer);
  }

  @Test
  void aTokenThatIsNotEnoughHandsTheFirstChallengeToTheClient() {
    registry.on(
        MANIFEST_PATH,
        request -> has(request, "Bearer issued-token") ? Reply.status(403) : challenge);

    UpstreamAnswer answer = get(registry(PASSWORD));

    assertThat(((Refused) answer).status()).isEqualTo(401);
    assertThat(((Refused) answer).challenges().getFirst()).contains("/token");
  }

  @Test
  void aRealmThatIsBusyIsNoRefusal() {
    registry.on("/token", Reply.rateLimited("7"));

    assertThat(get(registry(PASSWORD))).isInstanceOf(RateLimited.class);
  }

  @Test
  void aHostileRealmIsShownNothing() throws IOException {
    // Another host, though it is the same machine.
    String realm = "http://localhost:" + other.port() + "/token";
    registry.on(
        MANIFEST_PATH,
        request ->
            has(request, "Bearer issued-token") ? MANIFEST : Reply.bearer(realm, "library/alpine"));
    other.on("/token", Reply.status(401), Reply.token("issued-token", 300));
    Upstream upstream = registry(PASSWORD);

    assertThat(((Refused) get(upstream)).challenges().getFirst()).contains(realm);
    UpstreamAnswer answer = get(upstream);

    assertThat(found(answer).anonymous()).isTrue();
    read(answer);
    assertThat(other.requests("/token")).hasSize(2);
    assertThat(with(other.requests(), any -> true)).isZero();
    assertThat(log.events())
        .filteredOn(event -> event.contains("credential_not_used"))
        .singleElement()
        .asString()
        .contains("not a token realm of this origin: http://localhost:");
  }

  @Test
  void anIdentityTokenIsNotShownToAHostileRealmEither() {
    String realm = "http://localhost:" + other.port() + "/token";
    registry.on(MANIFEST_PATH, Reply.bearer(realm, "library/alpine"));
    other.on("/token", Reply.status(401));

    assertThat(get(registry(new IdentityToken("refresh-me")))).isInstanceOf(Refused.class);

    assertThat(other.requests())
        .allSatisfy(
            request -> {
              assertThat(request.method()).isEqualTo("GET");
              assertThat(request.body() + request.target() + request.headers())
                  .doesNotContain("refresh-me");
            })
        .hasSize(1);
  }

  @Test
  void aListedRealmIsShownThePassword() throws IOException {
    realms = Set.of("localhost");
    String realm = "http://localhost:" + other.port() + "/token";
    registry.on(
        MANIFEST_PATH,
        request ->
            has(request, "Bearer issued-token") ? MANIFEST : Reply.bearer(realm, "library/alpine"));
    other.on("/token", Reply.token("issued-token", 300));

    read(get(registry(PASSWORD)));

    assertThat(with(other.requests("/token"), BASIC::equals)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://registry.example@localhost:PORT/token",
        "http://localhost:PORT/token#@127.0.0.1",
        "http://localhost:PORT/127.0.0.1/token",
        "http://localhost:PORT\\@127.0.0.1/token",
        "//127.0.0.1/token",
        "http://127.0.0.1.localhost:PORT/token",
      })
  void aRealmInDisguiseIsShownNothing(String disguise) {
    fixture.resolver = host -> List.of(InetAddress.ofLiteral("127.0.0.1"));
    String realm = disguise.replace("PORT", String.valueOf(other.port()));
    registry.on(MANIFEST_PATH, Reply.bearer(realm, "library/alpine"));

    assertThat(get(registry(PASSWORD))).isInstanceOf(Refused.class);

    assertThat(with(other.requests(), any -> true)).isZero();
    assertThat(with(registry.requests(), any -> true)).isZero();
  }

  @Test
  void whereTheRegistryIsHttpsAPlainRealmIsShownNothing(@TempDir Path directory) throws Exception {
    TestCertificate certificate = TestCertificate.make(directory, "ip:127.0.0.1");
    try (ScriptedUpstream secure = ScriptedUpstream.startTls(certificate.server())) {
      secure.on(MANIFEST_PATH, Reply.bearer(other.url() + "/token", "library/alpine"));
      Origin origin =
          new Origin(
              URI.create(secure.url()),
              Optional.of(new Authorities.InFile(certificate.pem())),
              Reach.ANYWHERE);

      UpstreamAnswer answer =
          get(fixture.client().registry(List.of(origin), own(PASSWORD), AccessListener.NONE));

      assertThat(answer).isInstanceOf(Refused.class);
      assertThat(other.requests()).isEmpty();
    }
  }

  @Test
  void aRealmThatRedirectsElsewhereLosesThePassword() throws IOException {
    registry.on("/token", Reply.redirect(307, other.url() + "/elsewhere"));
    other.on("/elsewhere", Reply.token("issued-token", 300));

    read(get(registry(PASSWORD)));

    assertThat(other.requests("/elsewhere")).hasSize(1);
    assertThat(with(other.requests(), any -> true)).isZero();
  }

  @Test
  void aRegistryThatRedirectsElsewhereLosesPasswordAndTokens() throws IOException {
    byte[] blob = randomBytes(1000);
    Reply elsewhere = Reply.redirect(307, other.url() + "/data");
    other.on("/data", Reply.blob(blob));
    for (Credential credential : List.of(PASSWORD, new RegistryToken("registry-opens"))) {
      for (String asks : List.of("Bearer", "Basic")) {
        registry.on(
            blobPath(blob),
            request ->
                request.header("Authorization").isPresent()
                    ? elsewhere
                    : asks.equals("Basic") ? Reply.challenge("Basic realm=\"r\"") : challenge);

        read(registry(credential).getBlob(REPOSITORY, Digest.sha256(blob), 0, Caller.node()));
      }
    }

    assertThat(other.requests("/data")).hasSize(4);
    assertThat(with(other.requests(), any -> true)).isZero();
  }

  @Test
  void eachOriginOfAChainIsShownItsOwnCredentialAlone() throws IOException {
    Password mirrors = new Password("mirror", "only");
    String mirrorsBasic =
        "Basic "
            + Base64.getEncoder().encodeToString("mirror:only".getBytes(StandardCharsets.UTF_8));
    other.on(MANIFEST_PATH, Reply.challenge("Basic realm=\"mirror\""));
    CredentialSource source =
        (origin, repository, patience) ->
            Optional.of(origin.authority().equals(other.authority()) ? mirrors : PASSWORD);

    read(
        get(fixture.registry(new OwnAccess(source, Set.of(), false), other.url(), registry.url())));

    assertThat(with(other.requests(), mirrorsBasic::equals)).isEqualTo(1);
    assertThat(with(other.requests(), any -> true)).isEqualTo(1);
    assertThat(with(registry.requests(), mirrorsBasic::equals)).isZero();
  }

  @Test
  void anIdentityTokenIsExchangedInAFormThatFollowsNoRedirect() throws IOException {
    registry.on(
        "/token",
        Reply.json("{\"access_token\":\"issued-token\",\"expires_in\":300}"),
        Reply.redirect(307, other.url() + "/token"));
    Upstream upstream = registry(new IdentityToken("refresh-me"));

    UpstreamAnswer answer = get(upstream);

    assertThat(found(answer).anonymous()).isFalse();
    read(answer);
    ScriptedRequest asked = registry.requests("/token").getFirst();
    assertThat(asked.method()).isEqualTo("POST");
    assertThat(asked.query()).isEmpty();
    assertThat(asked.body())
        .isEqualTo(
            "service=scripted&scope=repository%3Alibrary%2Falpine%3Apull"
                + "&grant_type=refresh_token&client_id=tarn&refresh_token=refresh-me");

    fixture.now.updateAndGet(now -> now.plusSeconds(300));
    get(upstream);

    assertThat(other.requests()).isEmpty();
  }

  @Test
  void aRegistryTokenIsShownToTheRegistryAndToNoRealm() throws IOException {
    registry.on(
        MANIFEST_PATH,
        request -> has(request, "Bearer registry-opens") ? MANIFEST : challenge,
        challenge);
    Upstream upstream = registry(new RegistryToken("registry-opens"));

    UpstreamAnswer answer = get(upstream);

    assertThat(found(answer).anonymous()).isFalse();
    read(answer);
    assertThat(get(upstream)).isInstanceOf(Refused.class);
    assertThat(with(registry.requests("/token"), any -> true)).isZero();
  }

  @Test
  void nobodyButTarnItselfIsServedWithIt() {
    Upstream upstream = registry(PASSWORD);

    for (Caller caller : List.of(Caller.anonymous(), Caller.withAuthorization("Bearer other"))) {
      assertThat(upstream.getManifest(REPOSITORY, TAG, "", caller)).isInstanceOf(Refused.class);
    }

    assertThat(with(registry.requests(), BASIC::equals)).isZero();
  }

  @Test
  void whereTheRegistryIsSharedCallersWithoutACredentialAreServedWithIt() throws IOException {
    shared = true;
    Upstream upstream = registry(PASSWORD);

    UpstreamAnswer answer = upstream.getManifest(REPOSITORY, TAG, "", Caller.anonymous());

    assertThat(found(answer).anonymous()).isFalse();
    read(answer);
    assertThat(upstream.getManifest(REPOSITORY, TAG, "", Caller.withAuthorization("Bearer other")))
        .as("who brings a credential is asked for by it")
        .isInstanceOf(Refused.class);
  }

  @Test
  void aCallerIsChallengedWhereSharingIsNotEnoughAndComesBackToTheSameOrigin() throws IOException {
    shared = true;
    other.on(
        MANIFEST_PATH,
        request ->
            has(request, "Bearer client") ? MANIFEST : Reply.challenge("Basic realm=\"mirror\""));
    registry.on(MANIFEST_PATH, Reply.status(404));
    Upstream upstream =
        fixture.registry(
            new OwnAccess(CredentialSource.NONE, Set.of(), true), other.url(), registry.url());
    assertThat(upstream.getManifest(REPOSITORY, TAG, "", Caller.anonymous()))
        .isInstanceOf(Refused.class);

    read(upstream.getManifest(REPOSITORY, TAG, "", Caller.withAuthorization("Bearer client")));
  }

  @Test
  void nothingOfACredentialIsPrinted() {
    Caller caller = Caller.withAuthorization(BASIC);
    assertThat(
            List.of(
                    PASSWORD,
                    new IdentityToken("refresh-me"),
                    new RegistryToken("registry-opens"),
                    new RealmTokens.Key(REPOSITORY, PASSWORD),
                    own(PASSWORD),
                    new TokenJson("issued-token", Duration.ofMinutes(1)),
                    new TokenAnswer.Issued("Bearer issued-token", fixture.now.get(), List.of()),
                    caller,
                    Caller.node())
                .toString())
        .doesNotContain(SECRETS)
        .doesNotContain("robot");
  }

  @Test
  void callersAreEqualByWhatTheyMaySee() {
    assertThat(Caller.withAuthorization("a")).isEqualTo(Caller.withAuthorization("a"));
    assertThat(Caller.withAuthorization("a")).isNotEqualTo(Caller.withAuthorization("b"));
    assertThat(Caller.node()).isEqualTo(Caller.node()).isNotEqualTo(Caller.anonymous());
    assertThat(Caller.anonymous()).isNotEqualTo(Caller.withAuthorization("a"));
    assertThat(Caller.node().isAnonymous()).isFalse();
    assertThat(Caller.node().authorization()).isEmpty();
  }
}
