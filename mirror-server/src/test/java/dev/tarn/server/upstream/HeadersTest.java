package dev.tarn.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Small parsers of what servers send. */
class HeadersTest {
  private static final InstantSource NOON =
      InstantSource.fixed(Instant.parse("2026-03-01T12:00:00Z"));

  @Test
  void challengesAreReadOneByOne() {
    List<Challenge> challenges =
        Challenge.parse(
            "Basic realm=\"a, b\", Negotiate, Bearer Realm=\"https://x/\\\"t\\\"\" , service=s,"
                + "scope=\"repository:a:pull\"");

    assertThat(challenges)
        .containsExactly(
            new Challenge("basic", Map.of("realm", "a, b")),
            new Challenge("negotiate", Map.of()),
            new Challenge(
                "bearer",
                Map.of("realm", "https://x/\"t\"", "service", "s", "scope", "repository:a:pull")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",", "=", "\"", "Bearer", "Bearer realm", "=x Bearer", "Bearer \"\\"})
  void whatIsNoBearerChallengeIsNone(String header) {
    assertThat(Challenge.bearer(List.of(header))).isEmpty();
  }

  @Test
  void theFirstBearerChallengeOfSeveralHeadersCounts() {
    assertThat(Challenge.bearer(List.of("Basic realm=x", "bearer realm=y", "Bearer realm=z")))
        .hasValueSatisfying(bearer -> assertThat(bearer.parameter("realm")).contains("y"));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "120, 120",
    "' 7 ', 7",
    "'Sun, 01 Mar 2026 12:01:30 GMT', 90",
    "'Sun, 01 Mar 2026 11:00:00 GMT', 0",
  })
  void retryAfterIsSecondsOrADate(String header, long seconds) {
    assertThat(RetryAfter.parse(header, NOON)).contains(Duration.ofSeconds(seconds));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "soon", "9999999999", "Sun, 01 Mar"})
  void retryAfterThatCannotBeReadIsNone(String header) {
    assertThat(RetryAfter.parse(header, NOON)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "bytes 0-9/10, 0, 9, 10",
    "bytes  5-5/6, 5, 5, 6",
    "bytes 1-2/*, 1, 2, -1",
  })
  void aContentRangeIsRead(String header, long first, long last, long total) {
    assertThat(ContentRange.parse(header)).contains(new ContentRange(first, last, total));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "bytes */10", "bytes 2-1/10", "bytes 0-10/10", "items 0-1/2"})
  void aContentRangeThatCannotBeIsNone(String header) {
    assertThat(ContentRange.parse(header)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"token\":\"a\"} | a | 60",
        "{\"access_token\":\"b\",\"expires_in\":300} | b | 300",
        "{\"access_token\":\"b\",\"token\":\"a\"} | a | 60",
        "{\"token\":\"a\",\"access_token\":\"b\",\"issued_at\":\"x\",\"z\":[{\"token\":1}]} | a | 60",
        "{\"token\":\"a\",\"expires_in\":99999999999} | a | 3600",
        "{\"token\":\"a\",\"expires_in\":-5} | a | 0",
        "{\"token\":\"a\",\"expires_in\":\"9\"} | a | 60",
      })
  void aTokenIsRead(String json, String token, long seconds) {
    Optional<TokenJson> read = TokenJson.parse(json.getBytes(StandardCharsets.UTF_8));
    assertThat(read.map(TokenJson::token)).contains(token);
    assertThat(read.map(TokenJson::lifetime)).contains(Duration.ofSeconds(seconds));
  }

  @Test
  void bothNamesOfATokenAreRead() {
    String json = "{\"token\":\"a\",\"access_token\":\"b\",\"refresh_token\":\"c\"}";
    assertThat(TokenJson.parse(json.getBytes(StandardCharsets.UTF_8)).orElseThrow().tokens())
        .containsExactlyInAnyOrder("a", "b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{\"token\":\"\"}",
        "{\"token\":1}",
        "{\"token\":\"a\\r\\nX: y\"}",
        "{\"token\":\"a b\"}",
        "{\"token\":\"a\"",
        "{\"token\":\"\u00e4\"}",
        "<html>"
      })
  void whatIsNoTokenIsNone(String json) {
    assertThat(TokenJson.parse(json.getBytes(StandardCharsets.UTF_8))).isEmpty();
  }
}
