package dev.tarn.server.upstream;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * One challenge of a {@code WWW-Authenticate} header; scheme and parameter names are in lower case.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1">RFC 9110, section 11.6.1</a>
 */
record Challenge(String scheme, Map<String, String> parameters) {

  /** The first Bearer challenge with a realm among these header values. */
  static Optional<Challenge> bearer(List<String> headers) {
    return headers.stream()
        .flatMap(header -> parse(header).stream())
        .filter(challenge -> challenge.scheme().equals("bearer"))
        .filter(challenge -> challenge.parameters().containsKey("realm"))
        .findFirst();
  }

  /** Whether one of these header values asks for a user and a password. */
  static boolean asksForBasic(List<String> headers) {
    return headers.stream()
        .flatMap(header -> parse(header).stream())
        .anyMatch(challenge -> challenge.scheme().equals("basic"));
  }

  /** The challenges of one header value, as far as they can be read. */
  static List<Challenge> parse(String header) {
    return new Reader(header).challenges();
  }

  Optional<String> parameter(String name) {
    return Optional.ofNullable(parameters.get(name));
  }

  /**
   * The header value with another realm in its Bearer challenges; all else stays as it is, to the
   * letter.
   */
  static String withRealm(String header, String realm) {
    return edited(header, _ -> "\"" + realm + "\"");
  }

  /**
   * The header value with Bearer challenges that say that the token which was shown is not valid,
   * so that the client gets another; all else stays as it is, to the letter.
   */
  static String blamingToken(String header) {
    boolean said = parse(header).stream().anyMatch(c -> c.parameters().containsKey("error"));
    return said ? header : edited(header, realm -> realm + ",error=\"invalid_token\"");
  }

  private static String edited(String header, UnaryOperator<String> realmValue) {
    Reader reader = new Reader(header);
    List<Challenge> _ = reader.challenges();
    StringBuilder result = new StringBuilder(header);
    for (Span span : reader.realms.reversed()) {
      String value = header.substring(span.start(), span.end());
      result.replace(span.start(), span.end(), realmValue.apply(value));
    }
    return result.toString();
  }

  /** Where a value stands in the text, quotes included. */
  private record Span(int start, int end) {}

  private static final class Reader {
    private final String text;
    private final List<Span> realms = new ArrayList<>();
    private int at;

    Reader(String text) {
      this.text = text;
    }

    List<Challenge> challenges() {
      List<Challenge> result = new ArrayList<>();
      Map<String, String> parameters = new HashMap<>();
      while (at < text.length()) {
        skip(" \t,");
        String word = token();
        if (word.isEmpty()) {
          at++;
          continue;
        }
        skip(" \t");
        if (at < text.length() && text.charAt(at) == '=' && !result.isEmpty()) {
          at++;
          skip(" \t");
          int start = at;
          String value = value();
          if (word.equalsIgnoreCase("realm") && result.getLast().scheme().equals("bearer")) {
            realms.add(new Span(start, Math.min(at, text.length())));
          }
          parameters.putIfAbsent(word.toLowerCase(Locale.ROOT), value);
        } else {
          parameters = new HashMap<>();
          result.add(new Challenge(word.toLowerCase(Locale.ROOT), parameters));
        }
      }
      return result;
    }

    private void skip(String characters) {
      while (at < text.length() && characters.indexOf(text.charAt(at)) >= 0) {
        at++;
      }
    }

    private String token() {
      int start = at;
      while (at < text.length() && " \t,=\"".indexOf(text.charAt(at)) < 0) {
        at++;
      }
      return text.substring(start, at);
    }

    private String value() {
      if (at >= text.length() || text.charAt(at) != '"') {
        return token();
      }
      StringBuilder value = new StringBuilder();
      for (at++; at < text.length() && text.charAt(at) != '"'; at++) {
        if (text.charAt(at) == '\\' && at + 1 < text.length()) {
          at++;
        }
        value.append(text.charAt(at));
      }
      at++;
      return value.toString();
    }
  }
}
