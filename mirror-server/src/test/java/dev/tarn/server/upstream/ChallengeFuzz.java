package dev.tarn.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Whatever a WWW-Authenticate header says: what is read of it, written again, reads the same. */
class ChallengeFuzz {
  private static final String OWN = "http://127.0.0.1:5050/tarn/token/x";

  @FuzzTest
  void challenge(byte[] input) {
    String header = new String(input, StandardCharsets.ISO_8859_1);
    List<Challenge> challenges = Challenge.parse(header);

    int read = 0;
    for (Challenge challenge : challenges) {
      assertThat(challenge.scheme()).isNotEmpty().isEqualTo(lower(challenge.scheme()));
      assertThat(challenge.scheme()).doesNotContain(" ", "\t", ",", "=", "\"");
      read += challenge.scheme().length();
      for (var parameter : challenge.parameters().entrySet()) {
        assertThat(parameter.getKey()).isNotEmpty().isEqualTo(lower(parameter.getKey()));
        read += parameter.getKey().length() + parameter.getValue().length();
      }
    }
    assertThat(read).as("never more than was said").isLessThanOrEqualTo(header.length());
    assertThat(Challenge.parse(printed(challenges))).isEqualTo(challenges);
    Challenge.bearer(List.of(header)).ifPresent(ChallengeFuzz::checkRealm);
    assertThat(Challenge.parse(Challenge.withRealm(header, OWN)))
        .as("with another realm, and nothing else changed")
        .isEqualTo(challenges.stream().map(ChallengeFuzz::withOwnRealm).toList());
  }

  private static Challenge withOwnRealm(Challenge challenge) {
    Map<String, String> parameters = new HashMap<>(challenge.parameters());
    if (challenge.scheme().equals("bearer")) {
      parameters.computeIfPresent("realm", (name, realm) -> OWN);
    }
    return new Challenge(challenge.scheme(), parameters);
  }

  private static void checkRealm(Challenge bearer) {
    assertThat(bearer.scheme()).isEqualTo("bearer");
    String realm = bearer.parameter("realm").orElseThrow();
    HttpUrl.parse(realm).ifPresent(UrlFuzz::check);
  }

  private static String printed(List<Challenge> challenges) {
    return challenges.stream()
        .map(challenge -> challenge.scheme() + " " + parameters(challenge))
        .collect(Collectors.joining(", "));
  }

  private static String parameters(Challenge challenge) {
    return challenge.parameters().entrySet().stream()
        .map(parameter -> parameter.getKey() + "=" + quoted(parameter.getValue()))
        .collect(Collectors.joining(","));
  }

  private static String quoted(String value) {
    return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
