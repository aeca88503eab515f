package dev.tarn.server.mirror;

import static dev.tarn.server.mirror.RelayFixture.ALICE;
import static dev.tarn.server.mirror.RelayFixture.BLOB;
import static dev.tarn.server.mirror.RelayFixture.NS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.server.testing.MirrorFixture;
import dev.tarn.server.testing.Reply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The realm that the mirror names in place of the registry's, and whom it then asks. */
class NamedRealmTest {
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
  void theNodeNamesItselfAsTheRealmAndLeavesAllElseAsItIs() throws IOException {
    for (String uri :
        List.of(
            BLOB.path() + NS, BLOB.path().replace("/v2/", "/v2/" + MirrorFixture.RELAYING + "/"))) {
      assertThat(relay.mirror.get(uri).header("WWW-Authenticate"))
          .matches(
              "Bearer realm=\"http://127\\.0\\.0\\.1:"
                  + relay.mirror.address().getPort()
                  + "/tarn/token/[A-Za-z0-9_.-]+\",service=\"scripted\","
                  + "scope=\"repository:library/app:pull\"");
    }
  }

  @Test
  void withoutTheOptionAChallengeStaysAsItIs() throws IOException {
    assertThat(relay.mirror.get(BLOB.uri()).header("WWW-Authenticate"))
        .isEqualTo(
            "Bearer realm=\""
                + relay.realm.url()
                + "/token\",service=\"scripted\",scope=\"repository:library/app:pull\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Basic realm=\"b\"",
        "Bearer realm=\"https://auth.elsewhere.example/token\",service=\"s\"",
        "Bearer realm=\"ftp://127.0.0.1/token\"",
        "Bearer service=\"s\"",
        "Negotiate",
      })
  void aRealmThatIsNotTheOriginsOwnIsLeftToTheClient(String challenge) throws IOException {
    relay.mirror.upstream.on(BLOB.path(), Reply.challenge(challenge));

    assertThat(relay.get(BLOB.path(), "Bearer x").header("WWW-Authenticate")).isEqualTo(challenge);
  }

  @Test
  void aRealmOfATerriblyLongNameIsLeftToTheClient() throws IOException {
    String challenge = "Bearer realm=\"" + relay.realm.url() + "/" + "x".repeat(2000) + "\"";
    relay.mirror.upstream.on(BLOB.path(), Reply.challenge(challenge));

    assertThat(relay.get(BLOB.path(), "Bearer x").header("WWW-Authenticate")).isEqualTo(challenge);
  }

  @Test
  void nobodyMakesTheNodeAskElsewhere() throws IOException {
    String named = relay.namedRealm();
    int dot = named.lastIndexOf('.');
    String forged =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(
                (MirrorFixture.RELAYING
                        + "\nlibrary/app\n"
                        + relay.mirror.upstream.authority()
                        + "\n"
                        + relay.realm.url()
                        + "/elsewhere")
                    .getBytes(StandardCharsets.UTF_8));
    for (String path :
        List.of(
            "/tarn/token/",
            "/tarn/token/x",
            "/tarn/token/.",
            named.substring(0, dot),
            named.substring(0, dot + 1) + "0".repeat(32),
            "/tarn/token/" + forged + named.substring(dot),
            named + "0",
            named + "/x")) {
      assertThat(relay.mirror.get(path, "Authorization: " + ALICE).status())
          .as(path)
          .isEqualTo(404);
    }
    assertThat(relay.passedOn()).isEmpty();
  }
}
