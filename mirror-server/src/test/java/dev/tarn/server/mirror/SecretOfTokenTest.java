package dev.tarn.server.mirror;

import static dev.tarn.server.mirror.RelayFixture.ALICE;
import static dev.tarn.server.mirror.RelayFixture.BLOB;
import static dev.tarn.server.mirror.RelayFixture.BOB;
import static dev.tarn.server.mirror.RelayFixture.FORM_OF_ALICE;
import static dev.tarn.server.mirror.RelayFixture.MANIFEST;
import static dev.tarn.server.mirror.RelayFixture.QUERY;
import static dev.tarn.server.mirror.RelayFixture.TAG;
import static dev.tarn.server.mirror.RelayFixture.bearer;
import static dev.tarn.server.mirror.RelayFixture.realmOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.server.testing.RawClient.Response;
import dev.tarn.server.testing.Reply;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Decisions are about the secret that a token was issued for: what ends them, and for how long. */
class SecretOfTokenTest {
  @TempDir private Path directory;
  private RelayFixture relay;

  @BeforeEach
  void start() throws IOException {
    relay = RelayFixture.start(directory);
  }

  @AfterEach
  void stop() {
    relay.close();
  }

  /** By the manifest's challenge, which is the same repository's. */
  private Response askWithKnownRealm(String authorization) throws IOException {
    String path = realmOf(relay.get(TAG, ""));
    return relay.mirror.get(path + QUERY, "Authorization: " + authorization);
  }

  @Test
  void theNextTokenOfASecretIsAskedAboutNothing() throws IOException {
    relay.pull(ALICE);
    int before = relay.mirror.upstream.requests().size();
    String next = relay.tokenFor(ALICE);
    int asked = relay.mirror.upstream.requests().size() - before;

    assertThat(relay.get(BLOB.path(), next).body()).isEqualTo(BLOB.bytes());
    assertThat(relay.get(MANIFEST.path(), next).body()).isEqualTo(MANIFEST.bytes());

    assertThat(relay.mirror.upstream.requests().size() - before)
        .as("the challenge")
        .isEqualTo(asked);
  }

  @Test
  void theTokenOfAnotherSecretIsAskedAboutAndRefused() throws IOException {
    relay.pull(ALICE);

    assertThat(relay.get(BLOB.path(), relay.tokenFor(BOB)).status()).isEqualTo(403);
    assertThat(relay.get(MANIFEST.path(), relay.tokenFor(BOB)).status()).isEqualTo(403);
    assertThat(relay.get(BLOB.path(), "Bearer token-that-nobody-issued").status()).isEqualTo(401);
  }

  @Test
  void aTokenStandsForItsSecretInItsOwnRepositoryAlone() throws IOException {
    String other = "/v2/library/other/blobs/" + BLOB.digest();
    relay.mirror.upstream.on(other, request -> relay.answer(request, BLOB));
    String path = realmOf(relay.get(other, ""));
    String ofOther = bearer(relay.mirror.get(path + QUERY, "Authorization: " + ALICE));
    assertThat(relay.get(other, ofOther).status()).isEqualTo(200);
    relay.pull(ALICE);
    relay.issued.clear();

    assertThat(relay.get(BLOB.path(), ofOther).status()).isEqualTo(401);
    assertThat(relay.get(other, ofOther).status()).isEqualTo(200);
  }

  @Test
  void aTokenStandsForItsSecretUntilItEnds() throws IOException {
    String token = relay.tokenFor(ALICE);
    relay.after(Duration.ofSeconds(299));
    assertThat(relay.get(BLOB.path(), token).status()).isEqualTo(200);
    relay.mirror.awaitQuiet();
    relay.issued.clear();

    assertThat(relay.get(BLOB.path(), token).status()).isEqualTo(200);
    relay.after(Duration.ofSeconds(1));
    assertThat(relay.get(BLOB.path(), token).status()).isEqualTo(401);
  }

  @Test
  void whatTheRealmRefusesIsRefusedForGoodAndInAllRepositories() throws IOException {
    String other = "/v2/library/other/blobs/" + BLOB.digest();
    relay.mirror.upstream.on(other, request -> relay.answer(request, BLOB));
    String ofOther = realmOf(relay.get(other, ""));
    assertThat(
            relay
                .get(other, bearer(relay.mirror.get(ofOther + QUERY, "Authorization: " + ALICE)))
                .status())
        .isEqualTo(200);
    relay.pull(ALICE);
    relay.realm.on("/token", Reply.status(401));
    assertThat(relay.askForToken(ALICE).status()).isEqualTo(401);

    relay.registryIsAway();
    relay.mirror.upstream.on(other, Reply.status(500));
    relay.realmIsAway();

    assertThat(relay.askForToken(ALICE).status()).isEqualTo(502);
    assertThat(relay.mirror.get(ofOther + QUERY, "Authorization: " + ALICE).status())
        .isEqualTo(502);
  }

  @Test
  void aRealmThatTakesNoFormsSaysNothingOfTheSecret() throws IOException {
    relay.takesForms.set(false);
    relay.pull(ALICE);
    assertThat(relay.post(relay.namedRealm(), FORM_OF_ALICE).status()).isEqualTo(401);
    relay.registryIsAway();
    relay.realmIsAway();

    assertThat(relay.tokenFor(ALICE)).contains("tarn-local");
  }

  @Test
  void aRealmThatTakesFormsDoes() throws IOException {
    bearer(relay.post(relay.namedRealm(), FORM_OF_ALICE));
    relay.pull(ALICE);
    relay.realm.on("/token", Reply.status(401));
    assertThat(relay.post(relay.namedRealm(), FORM_OF_ALICE).status()).isEqualTo(401);
    relay.registryIsAway();
    relay.realmIsAway();

    assertThat(relay.askForToken(ALICE).status()).isEqualTo(502);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "error=\"insufficient_scope\""})
  void whatTheRegistryRefusesATokenEndsItForTheSecret(String error) throws IOException {
    relay.pull(ALICE);
    relay.after(Duration.ofMinutes(10));
    String token = relay.tokenFor(ALICE);
    Reply refusal =
        error.isEmpty()
            ? Reply.status(403)
            : Reply.challenge("Bearer realm=\"" + relay.realm.url() + "/token\"," + error);
    relay.mirror.upstream.on(BLOB.path(), refusal);
    assertThat(relay.get(BLOB.path(), token).status()).isIn(401, 403);
    relay.registryIsAway();
    relay.realmIsAway();

    assertThat(askWithKnownRealm(ALICE).status()).isEqualTo(502);
  }

  @Test
  void aTokenThatEndedSaysNothingOfItsSecret() throws IOException {
    relay.pull(ALICE);
    relay.after(Duration.ofMinutes(10));
    String token = relay.tokenFor(ALICE);
    relay.mirror.upstream.on(
        BLOB.path(),
        Reply.challenge(
            "Bearer realm=\"" + relay.realm.url() + "/token\",error=\"invalid_token\""));
    assertThat(relay.get(BLOB.path(), token).status()).isEqualTo(401);
    relay.registryIsAway();
    relay.realmIsAway();

    assertThat(askWithKnownRealm(ALICE).text()).contains("tarn-local");
    assertThat(relay.get(BLOB.path(), token).status()).as("the token itself").isEqualTo(401);
  }
}
