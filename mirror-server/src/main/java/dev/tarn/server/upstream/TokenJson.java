package dev.tarn.server.upstream;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The body of a token answer.
 *
 * @param tokens this and, where it is another one, that of the other name that a token has
 * @see <a href="https://distribution.github.io/distribution/spec/auth/token/">Distribution, token
 *     authentication specification</a>
 */
record TokenJson(String token, Set<String> tokens, Duration lifetime) {
  /** One token alone. */
  TokenJson(String token, Duration lifetime) {
    this(token, Set.of(token), lifetime);
  }

  /** What the specification says where a server says nothing. */
  private static final Duration DEFAULT_LIFETIME = Duration.ofSeconds(60);

  private static final Duration MAX_LIFETIME = Duration.ofHours(1);
  private static final int MAX_TOKEN_LENGTH = 32 * 1024;
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES) // They are strangers' words.
          .build();

  /** The token in {@code body}, or empty where there is none that a header can carry. */
  static Optional<TokenJson> parse(byte[] body) {
    String token = "";
    String accessToken = "";
    Duration lifetime = DEFAULT_LIFETIME;
    try (JsonParser parser = JSON.createParser(body)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        JsonToken value = parser.nextToken();
        boolean text = value == JsonToken.VALUE_STRING;
        if (text && name.equals("token")) {
          token = parser.getText();
        } else if (text && name.equals("access_token")) {
          accessToken = parser.getText();
        } else if (name.equals("expires_in") && value.isNumeric()) {
          lifetime = Duration.ofSeconds(Math.clamp(parser.getValueAsLong(), 0, 1_000_000));
        } else {
          parser.skipChildren();
        }
      }
    } catch (IOException e) {
      return Optional.empty();
    }
    Duration capped = lifetime.compareTo(MAX_LIFETIME) > 0 ? MAX_LIFETIME : lifetime;
    String first = token.isEmpty() ? accessToken : token;
    Set<String> tokens =
        Stream.of(token, accessToken)
            .filter(TokenJson::isUsable)
            .collect(Collectors.toUnmodifiableSet());
    return isUsable(first) ? Optional.of(new TokenJson(first, tokens, capped)) : Optional.empty();
  }

  private static boolean isUsable(String token) {
    return !token.isEmpty()
        && token.length() <= MAX_TOKEN_LENGTH
        && token.chars().allMatch(c -> c > ' ' && c < 0x7f);
  }

  @Override
  public String toString() {
    return "a token for " + lifetime;
  }
}
