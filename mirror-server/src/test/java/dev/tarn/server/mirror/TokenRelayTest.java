package dev.tarn.server.mirror;

import static dev.tarn.server.mirror.RelayFixture.ALICE;
import static dev.tarn.server.mirror.RelayFixture.BLOB;
import static dev.tarn.server.mirror.RelayFixture.BOB;
import static dev.tarn.server.mirror.RelayFixture.FORM_OF_ALICE;
import static dev.tarn.server.mirror.RelayFixture.NS;
import static dev.tarn.server.mirror.RelayFixture.QUERY;
import static dev.tarn.server.mirror.RelayFixture.REFRESH_FORM;
import static dev.tarn.server.mirror.RelayFixture.basic;
import static dev.tarn.server.mirror.RelayFixture.bearer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.server.testing.RawClient;
import dev.tarn.server.testing.RawClient.Response;
import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.ScriptedRequest;
import dev.tarn.server.testing.ScriptedUpstream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients get their tokens through the mirror: what is passed on, what is not, and what is kept.
 */
class TokenRelayTest {
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
  void aNameAndAPasswordGoToTheRealmAndTheAnswerComesBackAsItIs() throws IOException {
    Response answer = relay.askForToken(ALICE);

    assertThat(answer.text())
        .matches(
            "\\{\"token\":\"(token-[0-9]-secret)\",\"access_token\":\"\\1\",\"expires_in\":300,"
                + "\"refresh_token\":\"r-secret\"}");
    ScriptedRequest asked = relay.passedOn().getFirst();
    assertThat(asked.target()).isEqualTo("/token" + QUERY);
    assertThat(asked.header("Authorization")).contains(ALICE);
    assertThat(relay.get(BLOB.path(), bearer(answer)).body()).isEqualTo(BLOB.bytes());
    assertThat(relay.mirror.upstream.requests().toString()).doesNotContain(ALICE);
  }

  @ParameterizedTest
  @ValueSource(strings = {FORM_OF_ALICE, REFRESH_FORM})
  void aFormGoesToTheRealmAsItIs(String form) throws IOException {
    Response answer = relay.post(relay.namedRealm(), form);

    ScriptedRequest asked = relay.passedOn().getFirst();
    assertThat(asked.method()).isEqualTo("POST");
    assertThat(asked.body()).isEqualTo(form);
    assertThat(asked.header("Content-Type")).contains("application/x-www-form-urlencoded");
    assertThat(asked.header("Authorization")).isEmpty();
    assertThat(relay.get(BLOB.path(), bearer(answer)).body()).isEqualTo(BLOB.bytes());
  }

  @Test
  void nobodysRequestIsPassedOnAsNobodysAndItsTokenIsNobodys() throws IOException {
    String token = bearer(relay.mirror.get(relay.namedRealm() + QUERY + "&account=nobody"));

    assertThat(relay.passedOn().getFirst().header("Authorization")).isEmpty();
    assertThat(relay.get(BLOB.path(), token).status()).isEqualTo(401);
  }

  @Test
  void whatTheRealmRefusesIsRefused() throws IOException {
    assertThat(relay.askForToken(basic("mallory:guess")).status()).isEqualTo(401);
    relay.realm.on("/token", Reply.rateLimited("17"));
    Response limited = relay.askForToken(ALICE);
    assertThat(limited.status()).isEqualTo(429);
    assertThat(limited.header("Retry-After")).isEqualTo("17");
  }

  @Test
  void aRedirectToAnotherHostIsNotShownTheCredentialAndGivesNoToken() throws IOException {
    try (ScriptedUpstream elsewhere = ScriptedUpstream.startOn("127.0.0.2")) {
      elsewhere.on("/token", Reply.token("of-elsewhere", 300));
      relay.realm.on("/token", Reply.redirect(307, elsewhere.url() + "/token"));

      assertThat(relay.askForToken(ALICE).status()).isEqualTo(502);
      assertThat(relay.post(relay.namedRealm(), FORM_OF_ALICE).status()).isEqualTo(502);

      assertThat(elsewhere.requests().toString()).doesNotContain(ALICE, "secret-of-a");
    }
  }

  @Test
  void anAnswerWithoutEndIsNotPassedOn() throws IOException {
    relay.namedRealm();
    relay.realm.on("/token", Reply.json("\"" + "x".repeat(300_000) + "\""));

    assertThat(relay.askForToken(ALICE).status()).isEqualTo(502);
  }

  @Test
  void aRealmThatHangsIsWaitedForNoLongerThanAnyAnswer() throws IOException {
    relay.namedRealm();
    relay.realm.on("/token", Reply.hang());

    assertThat(relay.askForToken(ALICE).status()).isEqualTo(504);
  }

  @Test
  void moreThanAnybodyNeedsIsRefused() throws IOException {
    String named = relay.namedRealm();
    int refused = 0;
    for (int i = 0; i < 400 && refused == 0; i++) {
      refused += relay.mirror.get(named + QUERY).status() == 503 ? 1 : 0;
    }
    assertThat(refused).isEqualTo(1);
    assertThat(relay.realm.requests().size()).isBetween(200, 399);
    relay.mirror.nanosAhead.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThat(relay.mirror.get(named + QUERY).status()).isEqualTo(200);
  }

  @Test
  void aFormOfAnotherKindIsRefused() throws IOException {
    String named = relay.namedRealm();

    assertThat(relay.post(named, "grant_type=password&username=a&username=b&password=c").status())
        .isEqualTo(400);
    assertThat(relay.post(named + "?x=y", FORM_OF_ALICE).status()).isEqualTo(400);
    assertThat(relay.post(named, FORM_OF_ALICE, "Authorization: " + BOB).status()).isEqualTo(400);
    assertThat(relay.post(named, FORM_OF_ALICE + "&x=" + "y".repeat(40_000)).status())
        .isEqualTo(413);
    assertThat(relay.post(BLOB.path() + NS, FORM_OF_ALICE).status()).isEqualTo(405);
    assertThat(relay.mirror.head(named).status()).isEqualTo(400);
    assertThat(relay.mirror.get(named + QUERY, "Authorization: Bearer x").status()).isEqualTo(400);
    assertThat(relay.passedOn()).isEmpty();
  }

  @Test
  void aFormThatComesInPiecesAndHasAnotherRequestBehindIt() throws IOException {
    String request =
        "POST "
            + relay.namedRealm()
            + " HTTP/1.1\r\nHost: mirror\r\nTransfer-Encoding: chunked\r\n"
            + "Content-Type: application/x-www-form-urlencoded\r\n\r\n";
    StringBuilder body = new StringBuilder();
    for (int at = 0; at < FORM_OF_ALICE.length(); at += 10) {
      String piece = FORM_OF_ALICE.substring(at, Math.min(FORM_OF_ALICE.length(), at + 10));
      body.append(Integer.toHexString(piece.length())).append("\r\n").append(piece).append("\r\n");
    }
    try (var socket = RawClient.connect(relay.mirror.address())) {
      socket
          .getOutputStream()
          .write(
              (request + body + "0\r\n\r\nGET /v2/ HTTP/1.1\r\nHost: mirror\r\n\r\n")
                  .getBytes(StandardCharsets.ISO_8859_1));
      assertThat(bearer(RawClient.read(socket.getInputStream(), false))).contains("Bearer token-");
      assertThat(RawClient.read(socket.getInputStream(), false).text()).isEqualTo("{}");
    }
    assertThat(relay.passedOn().getFirst().body()).isEqualTo(FORM_OF_ALICE);
  }

  @Test
  void aFormWithTwoEndsIsRefused() throws IOException {
    String head = "POST " + relay.namedRealm() + " HTTP/1.1\r\nHost: mirror\r\n";
    for (String lengths :
        List.of(
            "Content-Length: 3\r\nContent-Length: 4\r\n",
            "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n")) {
      Response answer =
          RawClient.exchange(relay.mirror.address(), head + lengths + "\r\nabc", false);
      assertThat(answer.status()).isEqualTo(400);
    }
    assertThat(relay.passedOn()).isEmpty();
  }

  @Test
  void noSecretAndNoTokenIsKeptOrTold() throws IOException {
    relay.pull(ALICE);
    relay.post(relay.namedRealm(), FORM_OF_ALICE);
    relay.post(relay.namedRealm(), REFRESH_FORM);
    relay.askForToken(basic("mallory:secret-guess"));
    relay.registryIsAway();
    relay.realmIsAway();
    relay.get(BLOB.path(), relay.tokenFor(ALICE));
    relay.askForToken(BOB);

    List<String> secrets = List.of("secret", ALICE.substring("Basic ".length()), "tarn-local");
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).doesNotContain(secrets);
      }
    }
    assertThat(relay.mirror.troubles.toString() + relay.mirror.finished + relay.mirror.stale)
        .doesNotContain(secrets);
    assertThat(relay.mirror.finished.toString()).contains("OfToken");
  }
}
