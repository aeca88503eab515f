package dev.tarn.server.upstream;

import static dev.tarn.server.upstream.OwnCredentialFixture.BASIC;
import static dev.tarn.server.upstream.OwnCredentialFixture.PASSWORD;
import static dev.tarn.server.upstream.OwnCredentialFixture.get;
import static dev.tarn.server.upstream.OwnCredentialFixture.has;
import static dev.tarn.server.upstream.OwnCredentialFixture.with;
import static dev.tarn.server.upstream.UpstreamFixture.MANIFEST;
import static dev.tarn.server.upstream.UpstreamFixture.MANIFEST_PATH;
import static dev.tarn.server.upstream.UpstreamFixture.found;
import static dev.tarn.server.upstream.UpstreamFixture.read;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.ScriptedRequest;
import dev.tarn.server.testing.ScriptedUpstream;
import dev.tarn.server.upstream.Credential.IdentityToken;
import dev.tarn.server.upstream.Credential.Password;
import dev.tarn.server.upstream.Credential.RegistryToken;
import dev.tarn.server.upstream.UpstreamAnswer.RateLimited;
import dev.tarn.server.upstream.UpstreamAnswer.Refused;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How Tarn uses a credential that it was given, and what it does where that is refused. */
class OwnCredentialTest {
  private final OwnCredentialFixture fixture = new OwnCredentialFixture();
  private final ScriptedUpstream registry = fixture.registry;
  private final ScriptedUpstream other = fixture.other;

  @AfterEach
  void nothingSecretWasLogged() {
    fixture.close();
  }

  @Test
  void aTokenIsFetchedWithThePasswordAndWhatItOpensIsNotAnonymous() throws IOException {
    UpstreamAnswer answer = get(fixture.registry(PASSWORD));

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
    Upstream upstream = fixture.registry(PASSWORD);
    read(get(upstream));
    fixture.tarn.pass(Duration.ofSeconds(285));
    read(get(upstream));
    assertThat(registry.count("GET", "/token")).isEqualTo(1);

    fixture.tarn.pass(Duration.ofSeconds(10));
    read(get(upstream));

    assertThat(registry.count("GET", "/token")).isEqualTo(2);
  }

  @Test
  void manyWhoNeedTheSameTokenAtOnceShareOneRequest() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    registry.on("/token", Reply.token("issued-token", 300).heldAt(-1, gate));
    Upstream upstream = fixture.registry(PASSWORD);
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
        fixture.tarn.registry(
            new OwnAccess((o, r, p) -> Optional.of(current[0]), Set.of(), false), registry.url());
    assertThat(get(upstream)).isInstanceOf(Refused.class);

    current[0] = PASSWORD;

    read(get(upstream));
  }

  @Test
  void whatNeedsNoCredentialIsShownNoneAndIsAnonymous() throws IOException {
    registry.on(MANIFEST_PATH, MANIFEST);

    UpstreamAnswer answer = get(fixture.registry(PASSWORD));

    assertThat(found(answer).anonymous()).isTrue();
    read(answer);
    assertThat(with(registry.requests(), any -> true)).isZero();
  }

  @Test
  void aBasicChallengeIsAnsweredAndAfterwardsForestalled() throws IOException {
    registry.on(
        MANIFEST_PATH,
        request -> has(request, BASIC) ? MANIFEST : Reply.challenge("Basic realm=\"r\""));
    Upstream upstream = fixture.registry(PASSWORD);

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
    Upstream upstream = fixture.registry(PASSWORD);

    for (int i = 0; i < 5; i++) {
      assertThat(((Refused) get(upstream)).challenges()).containsExactly("Basic realm=\"r\"");
    }
    assertThat(with(registry.requests(), BASIC::equals)).isEqualTo(1);
    assertThat(fixture.log.events())
        .filteredOn(event -> event.contains("credential_not_used"))
        .hasSize(1);

    fixture.tarn.pass(Duration.ofSeconds(31));
    get(upstream);
    assertThat(with(registry.requests(), BASIC::equals)).isEqualTo(2);
  }

  @Test
  void wherePasswordAndAnonymityAreBothRefusedTheClientGetsTheChallenge() {
    registry.on("/token", Reply.status(401));
    Upstream upstream = fixture.registry(PASSWORD);

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

    UpstreamAnswer answer = get(fixture.registry(PASSWORD));

    assertThat(found(answer).anonymous()).isTrue();
    read(answer);
  }

  @Test
  void aTokenThatIsNotEnoughHandsTheFirstChallengeToTheClient() {
    registry.on(
        MANIFEST_PATH,
        request -> has(request, "Bearer issued-token") ? Reply.status(403) : fixture.challenge);

    UpstreamAnswer answer = get(fixture.registry(PASSWORD));

    assertThat(((Refused) answer).status()).isEqualTo(401);
    assertThat(((Refused) answer).challenges().getFirst()).contains("/token");
  }

  @Test
  void aRealmThatIsBusyIsNoRefusal() {
    registry.on("/token", Reply.rateLimited("7"));

    assertThat(get(fixture.registry(PASSWORD))).isInstanceOf(RateLimited.class);
  }

  @Test
  void anIdentityTokenIsExchangedInAFormThatFollowsNoRedirect() throws IOException {
    registry.on(
        "/token",
        Reply.json("{\"access_token\":\"issued-token\",\"expires_in\":300}"),
        Reply.redirect(307, other.url() + "/token"));
    Upstream upstream = fixture.registry(new IdentityToken("refresh-me"));

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

    fixture.tarn.pass(Duration.ofMinutes(5));
    get(upstream);

    assertThat(other.requests()).isEmpty();
  }

  @Test
  void aRegistryTokenIsShownToTheRegistryAndToNoRealm() throws IOException {
    registry.on(
        MANIFEST_PATH,
        request -> has(request, "Bearer registry-opens") ? MANIFEST : fixture.challenge,
        fixture.challenge);
    Upstream upstream = fixture.registry(new RegistryToken("registry-opens"));

    UpstreamAnswer answer = get(upstream);

    assertThat(found(answer).anonymous()).isFalse();
    read(answer);
    assertThat(get(upstream)).isInstanceOf(Refused.class);
    assertThat(with(registry.requests("/token"), any -> true)).isZero();
  }
}
