package dev.tarn.server.upstream;

import static dev.tarn.server.upstream.OwnCredentialFixture.BASIC;
import static dev.tarn.server.upstream.OwnCredentialFixture.PASSWORD;
import static dev.tarn.server.upstream.OwnCredentialFixture.SECRETS;
import static dev.tarn.server.upstream.OwnCredentialFixture.get;
import static dev.tarn.server.upstream.OwnCredentialFixture.has;
import static dev.tarn.server.upstream.OwnCredentialFixture.with;
import static dev.tarn.server.upstream.UpstreamFixture.MANIFEST;
import static dev.tarn.server.upstream.UpstreamFixture.MANIFEST_PATH;
import static dev.tarn.server.upstream.UpstreamFixture.REPOSITORY;
import static dev.tarn.server.upstream.UpstreamFixture.blobPath;
import static dev.tarn.server.upstream.UpstreamFixture.found;
import static dev.tarn.server.upstream.UpstreamFixture.randomBytes;
import static dev.tarn.server.upstream.UpstreamFixture.read;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.digest.Digest;
import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.ScriptedUpstream;
import dev.tarn.server.testing.TestCertificate;
import dev.tarn.server.upstream.Credential.IdentityToken;
import dev.tarn.server.upstream.Credential.Password;
import dev.tarn.server.upstream.Credential.RegistryToken;
import dev.tarn.server.upstream.UpstreamAnswer.Refused;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whom Tarn shows a credential that it was given, and whom not. */
class OwnCredentialRecipientsTest {
  private final OwnCredentialFixture fixture = new OwnCredentialFixture();
  private final ScriptedUpstream registry = fixture.registry;
  private final ScriptedUpstream other = fixture.other;

  @AfterEach
  void nothingSecretWasLogged() {
    fixture.close();
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
    Upstream upstream = fixture.registry(PASSWORD);

    assertThat(((Refused) get(upstream)).challenges().getFirst()).contains(realm);
    UpstreamAnswer answer = get(upstream);

    assertThat(found(answer).anonymous()).isTrue();
    read(answer);
    assertThat(other.requests("/token")).hasSize(2);
    assertThat(with(other.requests(), any -> true)).isZero();
    assertThat(fixture.log.events())
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

    assertThat(get(fixture.registry(new IdentityToken("refresh-me")))).isInstanceOf(Refused.class);

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
    fixture.realms = Set.of("localhost");
    String realm = "http://localhost:" + other.port() + "/token";
    registry.on(
        MANIFEST_PATH,
        request ->
            has(request, "Bearer issued-token") ? MANIFEST : Reply.bearer(realm, "library/alpine"));
    other.on("/token", Reply.token("issued-token", 300));

    read(get(fixture.registry(PASSWORD)));

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
    fixture.tarn.resolver = host -> List.of(InetAddress.ofLiteral("127.0.0.1"));
    String realm = disguise.replace("PORT", String.valueOf(other.port()));
    registry.on(MANIFEST_PATH, Reply.bearer(realm, "library/alpine"));

    assertThat(get(fixture.registry(PASSWORD))).isInstanceOf(Refused.class);

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
          get(
              fixture
                  .tarn
                  .client()
                  .registry(List.of(origin), fixture.own(PASSWORD), AccessListener.NONE));

      assertThat(answer).isInstanceOf(Refused.class);
      assertThat(other.requests()).isEmpty();
    }
  }

  @Test
  void aRealmThatRedirectsElsewhereLosesThePassword() throws IOException {
    registry.on("/token", Reply.redirect(307, other.url() + "/elsewhere"));
    other.on("/elsewhere", Reply.token("issued-token", 300));

    read(get(fixture.registry(PASSWORD)));

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
                    : asks.equals("Basic")
                        ? Reply.challenge("Basic realm=\"r\"")
                        : fixture.challenge);

        read(
            fixture
                .registry(credential)
                .getBlob(REPOSITORY, Digest.sha256(blob), 0, Caller.node()));
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
        get(
            fixture.tarn.registry(
                new OwnAccess(source, Set.of(), false), other.url(), registry.url())));

    assertThat(with(other.requests(), mirrorsBasic::equals)).isEqualTo(1);
    assertThat(with(other.requests(), any -> true)).isEqualTo(1);
    assertThat(with(registry.requests(), mirrorsBasic::equals)).isZero();
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
                    fixture.own(PASSWORD),
                    new TokenJson("issued-token", Duration.ofMinutes(1)),
                    new TokenAnswer.Issued(
                        "Bearer issued-token", fixture.tarn.now.get(), List.of()),
                    caller,
                    Caller.node())
                .toString())
        .doesNotContain(SECRETS)
        .doesNotContain("robot");
  }
}
