package dev.tarn.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.digest.Digest;
import dev.tarn.server.testing.Reply;
import dev.tarn.server.upstream.UpstreamAnswer.Reason;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which realms are shown a client's secret, and what is taken of their answers. */
class ClientTokensTest {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final TokenRequest SECRET =
      TokenRequest.get("service=s", "Basic bmFtZTpwYXNzd29yZA==").orElseThrow();
  private static final TokenRequest FORM =
      TokenRequest.post("grant_type=password&username=name&password=password").orElseThrow();

  private final UpstreamFixture fixture = new UpstreamFixture();

  @AfterEach
  void end() {
    fixture.close();
  }

  private static List<String> bearer(String realm) {
    return List.of("Bearer realm=\"" + realm + "\",service=\"s\"");
  }

  @ParameterizedTest
  @CsvSource({
    "https://registry.example.com, https://registry.example.com/token, true",
    "https://registry.example.com, https://auth.example.com/token, true",
    "https://registry.example.com, http://auth.example.com/token, false",
    "https://registry.example.com, https://auth.elsewhere.example/token, false",
    "https://registry.example.com, https://registry.example.com.evil.example/token, false",
    "https://registry.example.com, https://user@registry.example.com/token, false",
    "https://registry.example.com, http://127.0.0.1:5050/tarn/token/x, false",
    "https://registry.example.com, https://sso.listed.example/token, true",
    "https://registry-1.docker.io, https://auth.docker.io/token, true",
    "https://a.azurecr.io, https://b.azurecr.io/oauth2/token, false",
    "https://registry.example.com, not a url at all, false",
  })
  void aRealmIsAskedOnlyIfItIsTheOriginsOwn(String origin, String realm, boolean own) {
    Upstream registry =
        fixture.registry(
            new OwnAccess(CredentialSource.NONE, Set.of("sso.listed.example"), false), origin);
    String name = origin.substring("https://".length()) + ":443";

    assertThat(registry.realm(name, bearer(realm)).isPresent()).isEqualTo(own);
    assertThat(registry.realm("other.example:443", bearer(realm))).isEmpty();
    if (!own) {
      assertThat(registry.askRealm(name, realm, SECRET, PATIENCE))
          .isEqualTo(
              new RealmReply.Unusable(Reason.FORBIDDEN_TARGET, "not a token realm of this origin"));
    }
  }

  @Test
  void aRealmInsideIsNotAskedForARegistryOutside() {
    fixture.resolver =
        host ->
            switch (host) {
              case "registry.example.com" -> List.of(InetAddress.ofLiteral("93.184.216.34"));
              case "auth.example.com" -> List.of(InetAddress.ofLiteral("127.0.0.1"));
              default -> throw new UnknownHostException(host);
            };
    String realm = "http://auth.example.com:" + fixture.upstream.port() + "/token";
    Upstream registry = fixture.registry("http://registry.example.com");

    for (TokenRequest request : List.of(SECRET, FORM)) {
      assertThat(registry.askRealm("registry.example.com:80", realm, request, PATIENCE))
          .isInstanceOfSatisfying(
              RealmReply.Unusable.class,
              reply -> assertThat(reply.reason()).isEqualTo(Reason.FORBIDDEN_TARGET));
    }
    assertThat(fixture.upstream.connections()).isZero();
  }

  @Test
  void aRealmThatIsListedIs() {
    fixture.resolver = host -> List.of(InetAddress.ofLiteral("127.0.0.1"));
    fixture.allowed = List.of("auth.example.com");
    fixture.upstream.on("/token", Reply.token("issued", 60));
    String realm = "http://auth.example.com:" + fixture.upstream.port() + "/token?tenant=1";

    RealmReply reply =
        fixture
            .registry("http://registry.example.com")
            .askRealm("registry.example.com:80", realm, SECRET, PATIENCE);

    assertThat(reply)
        .isInstanceOfSatisfying(
            RealmReply.Answered.class,
            answered -> {
              assertThat(answered.tokens()).containsExactly("issued");
              assertThat(answered.lifetime()).isEqualTo(Duration.ofSeconds(60));
            });
    assertThat(reply.toString()).doesNotContain("issued");
    assertThat(fixture.upstream.requests().getFirst().target())
        .isEqualTo("/token?tenant=1&service=s");
  }

  @Test
  void aRealmThatIsNotThereIsSaidToBeSo() {
    fixture.upstream.close();
    Upstream registry = fixture.registry();

    assertThat(
            registry.askRealm(
                fixture.upstream.authority(), fixture.upstream.url() + "/token", SECRET, PATIENCE))
        .isInstanceOfSatisfying(
            RealmReply.Unusable.class,
            reply -> assertThat(reply.reason()).isEqualTo(Reason.CONNECT));
  }

  @Test
  void aTokenOfTheNodeGoesToNoRegistryWhateverIsAskedFor() {
    byte[] content = UpstreamFixture.randomBytes(10);
    Caller own = Caller.withAuthorization("Bearer " + Caller.OWN_TOKEN_PREFIX + "xyzzy");

    UpstreamAnswer _ =
        fixture.registry().getBlob(UpstreamFixture.REPOSITORY, Digest.sha256(content), 0, own);
    UpstreamAnswer _ = fixture.registry().getListing(UpstreamFixture.REPOSITORY, "tags/list", own);

    assertThat(fixture.upstream.requests()).hasSize(2);
    assertThat(fixture.upstream.requests().toString()).doesNotContain("authorization", "xyzzy");
    assertThat(own.ownToken()).contains("tarn-local.xyzzy");
    assertThat(own.isAnonymous()).isFalse();
    assertThat(own.toString()).doesNotContain("xyzzy");
  }
}
