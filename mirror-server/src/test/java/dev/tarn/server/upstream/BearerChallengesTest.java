package dev.tarn.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BearerChallengesTest {
  private static final String OWN = "http://127.0.0.1:5050/tarn/token/x";

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '\'',
      delimiter = '|',
      value = {
        "Bearer realm=\"https://a/t\",service=\"s\",scope=\"repository:a:pull,push\""
            + "|Bearer realm=\"OWN\",service=\"s\",scope=\"repository:a:pull,push\"",
        "bearer  service=s , Realm = https://a/t ,error=\"insufficient_scope\""
            + "|bearer  service=s , Realm = \"OWN\" ,error=\"insufficient_scope\"",
        "Bearer realm=\"https://a/\\\"t\"|Bearer realm=\"OWN\"",
        "Bearer realm=\"https://a/t|Bearer realm=\"OWN\"",
        "Basic realm=\"b\", Bearer realm=\"https://a/t\"|Basic realm=\"b\", Bearer realm=\"OWN\"",
        "Bearer realm=\"https://a\", Bearer realm=\"https://b\""
            + "|Bearer realm=\"OWN\", Bearer realm=\"OWN\"",
        "Basic realm=\"https://a/t\"|Basic realm=\"https://a/t\"",
        "Negotiate|Negotiate",
        "Bearer|Bearer",
        "Bearer scope=\"realm=x\"|Bearer scope=\"realm=x\"",
      })
  void onlyTheRealmOfBearerChallengesIsAnother(String header, String expected) {
    assertThat(BearerChallenges.withRealm(List.of(header), OWN))
        .containsExactly(expected.replace("OWN", OWN));
  }

  @Test
  void aChallengeSaysThatTheTokenIsNotValid() {
    assertThat(
            BearerChallenges.blamingToken(
                List.of("Bearer realm=\"https://a/t\",service=\"s\"", "Basic realm=\"b\"")))
        .containsExactly(
            "Bearer realm=\"https://a/t\",error=\"invalid_token\",service=\"s\"",
            "Basic realm=\"b\"");
  }

  @Test
  void whatSaysSomethingAlreadyIsLeftAlone() {
    List<String> challenges = List.of("Bearer realm=\"r\",error=\"insufficient_scope\"");

    assertThat(BearerChallenges.blamingToken(challenges)).isEqualTo(challenges);
  }
}
