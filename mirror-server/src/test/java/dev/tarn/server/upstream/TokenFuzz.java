package dev.tarn.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** Whatever a token realm answers: a token is one word of a header, and lives an hour at most. */
class TokenFuzz {
  private static final int MAX_TOKEN_LENGTH = 32 * 1024;

  @FuzzTest
  void token(byte[] input) {
    Optional<TokenJson> read = TokenJson.parse(input);

    read.ifPresent(
        token -> {
          assertThat(token.token()).hasSizeBetween(1, MAX_TOKEN_LENGTH).matches("[!-~]+");
          assertThat(token.lifetime()).isBetween(Duration.ZERO, Duration.ofHours(1));
          assertThat(token.tokens()).contains(token.token());
          assertThat(token.tokens()).allMatch(each -> each.matches("[!-~]{1,32768}"));
          assertThat(TokenJson.parse(printed(token)))
              .contains(new TokenJson(token.token(), token.lifetime()));
        });
  }

  private static byte[] printed(TokenJson token) {
    String text =
        "{\"token\":\""
            + String.valueOf(JsonStringEncoder.getInstance().quoteAsString(token.token()))
            + "\",\"expires_in\":"
            + token.lifetime().toSeconds()
            + "}";
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
