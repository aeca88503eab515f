package dev.tarn.server.upstream;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A client's request for a token, as it is passed on to a realm: a GET, for nobody or with a name
 * and a password, or an OAuth 2 form. Passed on and never stored; it cannot be printed.
 *
 * <p>What two readers could understand differently is no such request: whom the realm lets in has
 * to be whom Tarn takes it for.
 *
 * @see <a href="https://distribution.github.io/distribution/spec/auth/token/">Distribution, token
 *     authentication specification</a>
 * @see <a href="https://distribution.github.io/distribution/spec/auth/oauth/">Distribution, OAuth 2
 *     token authentication</a>
 */
public final class TokenRequest {
  private static final String BASIC = "basic ";

  /** What some clients give as the name of a refresh token. */
  private static final String TOKEN_NAME = "<token>";

  private static final String SCOPE = "scope";

  private final String query;
  private final String form;
  private final String authorization;
  private final @Nullable Secret secret;

  /**
   * What a token is asked for with.
   *
   * @param name empty for a refresh token
   */
  public record Secret(String name, String password) {
    @Override
    public String toString() {
      return "a secret";
    }
  }

  private TokenRequest(String query, String form, String authorization, @Nullable Secret secret) {
    this.query = query;
    this.form = form;
    this.authorization = authorization;
    this.secret = secret;
  }

  /**
   * A GET; empty where it makes no sense.
   *
   * @param query as it came, without a question mark
   * @param authorization the header field, or null
   */
  public static Optional<TokenRequest> get(String query, @Nullable String authorization) {
    if (!isUrlText(query)) {
      return Optional.empty();
    }
    if (authorization == null) {
      return Optional.of(new TokenRequest(query, "", "", null));
    }
    String stripped = authorization.strip();
    if (!stripped.toLowerCase(Locale.ROOT).startsWith(BASIC)) {
      return Optional.empty();
    }
    return decoded(stripped.substring(BASIC.length()).strip())
        .filter(text -> text.indexOf(':') >= 0)
        .map(text -> new TokenRequest(query, "", basic(text), secret(text)));
  }

  private static Optional<String> decoded(String base64) {
    try {
      byte[] bytes = Base64.getDecoder().decode(base64);
      String text = new String(bytes, StandardCharsets.UTF_8);
      return Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes)
          ? Optional.of(text)
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String basic(String text) {
    return "Basic " + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static @Nullable Secret secret(String text) {
    int colon = text.indexOf(':');
    return secret(text.substring(0, colon), text.substring(colon + 1));
  }

  private static @Nullable Secret secret(String name, String password) {
    if (password.isEmpty() || name.indexOf(':') >= 0) {
      return null; // With a colon in it, another name and password would be spelt the same.
    }
    return new Secret(name.equals(TOKEN_NAME) ? "" : name, password);
  }

  /** A form of OAuth 2; empty where it makes no sense. */
  public static Optional<TokenRequest> post(String form) {
    Map<String, String> fields = fields(form);
    String name = fields.getOrDefault("username", "");
    String password = fields.getOrDefault("password", "");
    String refresh = fields.getOrDefault("refresh_token", "");
    return switch (fields.getOrDefault("grant_type", "")) {
      case "password" ->
          name.isEmpty() || password.isEmpty() || !refresh.isEmpty()
              ? Optional.empty()
              : Optional.of(new TokenRequest("", form, "", secret(name, password)));
      case "refresh_token" ->
          refresh.isEmpty() || !name.isEmpty() || !password.isEmpty()
              ? Optional.empty()
              : Optional.of(new TokenRequest("", form, "", secret("", refresh)));
      default -> Optional.empty();
    };
  }

  /** The fields of a form; none where one is there twice or cannot be read. */
  private static Map<String, String> fields(String form) {
    Map<String, String> fields = new HashMap<>();
    if (!isUrlText(form)) {
      return fields;
    }
    for (String field : form.split("&", -1)) {
      int equals = field.indexOf('=');
      try {
        String key = decodedField(equals < 0 ? field : field.substring(0, equals));
        String value = equals < 0 ? "" : decodedField(field.substring(equals + 1));
        if (fields.put(key, value) != null && !key.equals(SCOPE)) {
          return Map.of();
        }
      } catch (IllegalArgumentException e) {
        return Map.of();
      }
    }
    return fields;
  }

  private static String decodedField(String text) {
    String decoded = URLDecoder.decode(text, StandardCharsets.UTF_8);
    if (decoded.indexOf('\ufffd') >= 0) {
      throw new IllegalArgumentException("not UTF-8");
    }
    return decoded;
  }

  /** Nothing that a URL or a form has to escape, nor a semicolon, which some take for an and. */
  private static boolean isUrlText(String text) {
    return text.chars().allMatch(c -> c > ' ' && c < 0x7f && "\"#;<>\\^`{|}".indexOf(c) < 0);
  }

  /** What it is asked with; empty for nobody's, and for what has no certain reading. */
  public Optional<Secret> secret() {
    return Optional.ofNullable(secret);
  }

  /** Whether it is a form. */
  public boolean isForm() {
    return !form.isEmpty();
  }

  /** Whether it shows the realm anything that others must not see. */
  boolean carriesCredential() {
    return isForm() || !authorization.isEmpty();
  }

  String query() {
    return query;
  }

  String form() {
    return form;
  }

  String authorization() {
    return authorization;
  }

  @Override
  public String toString() {
    return isForm() ? "a form" : authorization.isEmpty() ? "nobody's" : "with a credential";
  }
}
