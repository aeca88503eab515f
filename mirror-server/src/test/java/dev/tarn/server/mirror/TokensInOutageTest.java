package dev.tarn.server.mirror;

import static dev.tarn.server.mirror.RelayFixture.ALICE;
import static dev.tarn.server.mirror.RelayFixture.BLOB;
import static dev.tarn.server.mirror.RelayFixture.BOB;
import static dev.tarn.server.mirror.RelayFixture.FORM_OF_ALICE;
import static dev.tarn.server.mirror.RelayFixture.MANIFEST;
import static dev.tarn.server.mirror.RelayFixture.PATHS;
import static dev.tarn.server.mirror.RelayFixture.QUERY;
import static dev.tarn.server.mirror.RelayFixture.REFRESH_FORM;
import static dev.tarn.server.mirror.RelayFixture.TAG;
import static dev.tarn.server.mirror.RelayFixture.basic;
import static dev.tarn.server.mirror.RelayFixture.bearer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.server.testing.RawClient.Response;
import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.Sample;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tokens while the registry, its realm, or both are away: who gets one of the node, and what it
 * opens.
 */
class TokensInOutageTest {
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

  @Test
  void whileBothAreAwayASecretThatWasLetInGetsATokenOfTheNode() throws IOException {
    relay.pull(ALICE);
    relay.registryIsAway();
    relay.realmIsAway();
    relay.after(Duration.ofHours(23));

    assertThat(relay.realmNamedNow()).isEqualTo(relay.namedRealm());
    for (String token :
        List.of(relay.tokenFor(ALICE), bearer(relay.post(relay.namedRealm(), FORM_OF_ALICE)))) {
      assertThat(token).startsWith("Bearer tarn-local.");
      assertThat(relay.get(TAG, token).body()).isEqualTo(MANIFEST.bytes());
      assertThat(relay.get(MANIFEST.path(), token).body()).isEqualTo(MANIFEST.bytes());
      assertThat(relay.get(BLOB.path(), token).body()).isEqualTo(BLOB.bytes());
      assertThat(relay.get(Sample.blob(9, 10).path(), token).status())
          .as("not here")
          .isEqualTo(404);
    }
    assertThat(relay.mirror.troubles).anyMatch(line -> line.startsWith("own_token_issued"));
  }

  @Test
  void theTokenHasAllThatAClientLooksFor() throws IOException {
    relay.pull(ALICE);
    relay.registryIsAway();
    relay.realmIsAway();

    assertThat(relay.askForToken(ALICE).text())
        .matches(
            "\\{\"token\":\"(tarn-local\\.[0-9a-f]{64})\",\"access_token\":\"\\1\","
                + "\"expires_in\":300,\"issued_at\":\"2026-03-01T12:00:00Z\"}");
  }

  @Test
  void nobodyElseGetsOne() throws IOException {
    relay.pull(ALICE);
    assertThat(relay.get(BLOB.path(), relay.tokenFor(BOB)).status()).isEqualTo(403);
    relay.registryIsAway();
    relay.realmIsAway();

    for (String other :
        List.of(BOB, basic("alice:guess"), basic("alice:"), basic(":secret-of-a"), basic("x:y"))) {
      assertThat(relay.askForToken(other).status()).as("%s", other).isEqualTo(502);
    }
    assertThat(relay.mirror.get(relay.namedRealm() + QUERY).status()).as("nobody").isEqualTo(502);
    assertThat(relay.post(relay.namedRealm(), REFRESH_FORM).status()).isEqualTo(502);
    relay.after(Duration.ofHours(24));
    assertThat(relay.askForToken(ALICE).status()).as("after the grace").isEqualTo(502);
  }

  @Test
  void aTokenOfTheNodeIsShownToNobodyElse() throws IOException {
    relay.pull(ALICE);
    relay.registryIsAway();
    relay.realmIsAway();
    String own = relay.tokenFor(ALICE).substring("Bearer ".length());
    relay.after(Duration.ofMinutes(4));

    for (String shown : List.of("Bearer " + own, "bearer   " + own, "Basic " + own, "x " + own)) {
      for (String path : PATHS) {
        relay.get(path, shown);
      }
      relay.get(Sample.blob(9, 10).path(), shown);
      relay.get("/v2/library/app/tags/list", shown);
      relay.mirror.get(BLOB.uri(), "Authorization: " + shown);
      relay.mirror.get(relay.namedRealm() + QUERY, "Authorization: " + shown);
    }

    assertThat(relay.mirror.upstream.requests().toString()).doesNotContain("tarn-local");
    assertThat(relay.realm.requests().toString()).doesNotContain("tarn-local");
  }

  @Test
  void aTokenOfTheNodeOpensOneRepositoryOfOneRegistryForMinutes() throws IOException {
    String other = "/v2/library/other/blobs/" + BLOB.digest();
    relay.mirror.upstream.on(other, request -> relay.answer(request, BLOB));
    relay.pull(ALICE);
    assertThat(relay.get(other, relay.tokenFor(ALICE)).status()).isEqualTo(200);
    relay.mirror.get(BLOB.uri(), "Authorization: " + relay.tokenFor(ALICE));
    relay.mirror.awaitQuiet();
    relay.registryIsAway();
    relay.realmIsAway();
    relay.mirror.upstream.on(other, Reply.status(500));
    String own = relay.tokenFor(ALICE);

    assertThat(relay.get(BLOB.path(), own).status()).isEqualTo(200);
    assertThat(relay.get(other, own).status()).isNotEqualTo(200);
    assertThat(relay.mirror.get(BLOB.uri(), "Authorization: " + own).status()).isNotEqualTo(200);
    relay.after(Duration.ofMinutes(5));
    Response late = relay.get(BLOB.path(), own);
    assertThat(late.status()).as("it gets another").isEqualTo(401);
    assertThat(late.header("WWW-Authenticate")).contains("/tarn/token/", "error=\"invalid_token\"");
    assertThat(relay.get(BLOB.path(), relay.tokenFor(ALICE)).status()).isEqualTo(200);
  }

  @Test
  void aTokenThatTheNodeDidNotIssueIsNotTakenForNobodys() throws IOException {
    Sample open = Sample.blob(3, 1000);
    relay.mirror.upstream.on(open.path(), open.reply());
    assertThat(relay.get(open.path(), "").status()).as("anybody may read").isEqualTo(200);
    relay.pull(ALICE);

    assertThat(relay.get(BLOB.path(), "Bearer tarn-local.0123").status()).isEqualTo(401);
    assertThat(relay.get(open.path(), "Bearer tarn-local.0123").body()).isEqualTo(open.bytes());
  }

  @Test
  void whereTheyAnswerAgainATokenOfTheNodeIsOfNoUse() throws IOException {
    relay.pull(ALICE);
    relay.registryIsAway();
    relay.realmIsAway();
    relay.after(Duration.ofMinutes(10));
    String own = relay.tokenFor(ALICE);
    relay.registryAnswers();
    relay.realmAnswers();

    for (String path : PATHS) {
      Response answer = relay.get(path, own);
      assertThat(answer.status()).isEqualTo(401);
      assertThat(answer.header("WWW-Authenticate"))
          .contains("/tarn/token/", "error=\"invalid_token\"", "service=\"scripted\"");
    }
    assertThat(relay.get(BLOB.path(), relay.tokenFor(ALICE)).status()).isEqualTo(200);
  }

  @Test
  void aRealmThatIsAwayIsAsGoodAsARegistryThatIs() throws IOException {
    relay.pull(ALICE);
    relay.realmIsAway();
    relay.after(Duration.ofHours(23));

    assertThat(relay.get(BLOB.path(), relay.tokenFor(ALICE)).body()).isEqualTo(BLOB.bytes());
    assertThat(relay.askForToken(BOB).status()).isEqualTo(502);
  }

  /** As of Docker Hub's, whose realm gives nobody a token, which covers nothing. */
  @Test
  void aRealmThatGaveNobodyATokenAMomentAgoMayBeAwayNow() throws IOException {
    relay.registryGivesNobodysTokenNothing();
    relay.pull(ALICE);
    relay.realmIsAway();
    relay.after(Duration.ofMinutes(1));
    String own = relay.tokenFor(ALICE);

    assertThat(own).contains("tarn-local");
    assertThat(relay.get(TAG, own).body()).isEqualTo(MANIFEST.bytes());
    assertThat(relay.get(BLOB.path(), own).body()).isEqualTo(BLOB.bytes());
    relay.realmAnswers();
    assertThat(relay.get(TAG, own).status()).as("where it answers again").isEqualTo(401);
  }

  @Test
  void whereOnlyTheRegistryIsAwayARealmsTokenStandsForItsSecret() throws IOException {
    relay.pull(ALICE);
    relay.registryIsAway();
    relay.after(Duration.ofHours(23));
    String token = relay.tokenFor(ALICE);

    assertThat(token).doesNotContain("tarn-local");
    for (String path : PATHS) {
      assertThat(relay.get(path, token).status()).isEqualTo(200);
      assertThat(relay.get(path, relay.tokenFor(BOB)).status()).isNotEqualTo(200);
    }
  }

  @Test
  void aTokenThatIsNotKnownWhileTheRegistryIsAwayIsToBeGotAnew() throws IOException {
    relay.pull(ALICE);
    String old = relay.tokenFor(ALICE);
    relay.registryIsAway();
    relay.realmIsAway();
    relay.after(Duration.ofMinutes(10));

    Response answer = relay.get(BLOB.path(), old);

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.header("WWW-Authenticate")).contains("/tarn/token/", "invalid_token");
    assertThat(relay.mirror.get(BLOB.uri(), "Authorization: " + old).status())
        .as("without the option")
        .isEqualTo(502);
  }

  @Test
  void aRealmThatLimitsTheRateOrMakesNoSenseIsNotAway() throws IOException {
    relay.pull(ALICE);
    relay.registryIsAway();
    for (Reply reply : List.of(Reply.rateLimited("5"), Reply.status(400), Reply.htmlPage())) {
      relay.realm.on("/token", reply);
      assertThat(relay.askForToken(ALICE).text()).doesNotContain("tarn-local");
    }
  }
}
