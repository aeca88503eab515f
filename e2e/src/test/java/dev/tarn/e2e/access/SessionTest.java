package dev.tarn.e2e.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** That the suite's client asks as containerd does. */
class SessionTest {
  private static final String TARGET = "/v2/alice/app/manifests/1";

  private static Trap.Answer challenge(String value) {
    return Trap.Answer.with(401, "WWW-Authenticate", value);
  }

  @Test
  void aPasswordIsShownOnlyAfterAChallengeAndFromThenOnAtOnce() throws IOException {
    try (Trap server =
        Trap.start(
            InetAddress.getLoopbackAddress(),
            seen ->
                seen.authorization().isEmpty()
                    ? challenge("Basic realm=\"test\"")
                    : Trap.Answer.json("{}"))) {
      Session session = Session.of(User.ALICE);

      assertThat(session.get(server.uri(), TARGET).status()).isEqualTo(200);
      assertThat(session.get(server.uri(), TARGET).text()).isEqualTo("{}");

      assertThat(server.seen())
          .extracting(Trap.Seen::authorization)
          .containsExactly(
              Optional.empty(), Optional.of(User.ALICE.basic()), Optional.of(User.ALICE.basic()));
    }
  }

  @Test
  void aTokenIsFetchedWithThePasswordForTheScopeOfTheChallenge() throws IOException {
    try (Trap realm =
            Trap.start(
                InetAddress.getLoopbackAddress(),
                seen -> Trap.Answer.json("{\"token\": \"good\"}"));
        Trap server =
            Trap.start(
                InetAddress.getLoopbackAddress(),
                seen ->
                    seen.authorization().equals(Optional.of("Bearer good"))
                        ? Trap.Answer.empty(200)
                        : challenge(
                            "Bearer realm=\""
                                + realm.uri()
                                + "/token\",service=\"here\",scope=\"repository:alice/app:pull\""))) {
      Session session = Session.of(User.ALICE);

      assertThat(session.head(server.uri(), TARGET).status()).isEqualTo(200);

      assertThat(session.everShown()).containsExactly("Bearer good");
      assertThat(realm.seen())
          .containsExactly(
              new Trap.Seen(
                  "GET",
                  "/token?service=here&scope=repository%3Aalice%2Fapp%3Apull",
                  Optional.of(User.ALICE.basic())));
    }
  }

  @Test
  void whoHasNothingToShowIsToldTheChallenge() throws IOException {
    try (Trap server =
        Trap.start(InetAddress.getLoopbackAddress(), seen -> challenge("Basic realm=\"test\""))) {
      Session.Got got = Session.ofNobody().get(server.uri(), TARGET);

      assertThat(got.status()).isEqualTo(401);
      assertThat(got.head().first("WWW-Authenticate")).contains("Basic realm=\"test\"");
      assertThat(server.shownCredentials()).isZero();
    }
  }
}
