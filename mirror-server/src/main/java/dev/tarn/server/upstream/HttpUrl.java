package dev.tarn.server.upstream;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Where a request goes: a site, and the path with query that its request line has. Prints itself
 * redacted, because a query may be a signature.
 */
record HttpUrl(Site site, String pathAndQuery) {
  private static final int MAX_LENGTH = 16 * 1024;
  private static final String UNSAFE = " \"<>\\^`{|}";

  static Optional<HttpUrl> parse(String text) {
    return uri(text).flatMap(HttpUrl::of);
  }

  /**
   * Where a {@code Location} or a relative reference leads from here; empty where it is no http(s)
   * URL, carries user information, or cannot be parsed.
   *
   * @see <a href="https://www.rfc-editor.org/rfc/rfc3986#section-5.2">RFC 3986, section 5.2</a>
   */
  Optional<HttpUrl> resolve(String location) {
    if (location.startsWith("?")) {
      int query = pathAndQuery.indexOf('?');
      String path = query < 0 ? pathAndQuery : pathAndQuery.substring(0, query);
      return parse(site + path + location);
    }
    return uri(location)
        .flatMap(to -> uri(site + pathAndQuery).map(from -> from.resolve(to)))
        .flatMap(HttpUrl::of);
  }

  private static Optional<HttpUrl> of(URI url) {
    String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
    String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
    return Site.of(url).map(site -> new HttpUrl(site, path + query));
  }

  private static Optional<URI> uri(String text) {
    if (text.length() > MAX_LENGTH || text.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
      return Optional.empty();
    }
    try {
      return Optional.of(new URI(escaped(text)));
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  /** Real servers send characters that a URL may not have; browsers escape them, and so do we. */
  private static String escaped(String text) {
    StringBuilder result = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean loosePercent = c == '%' && !isHexPair(text, i + 1);
      if (loosePercent || UNSAFE.indexOf(c) >= 0 || (c > 0x7f && c <= 0xff)) {
        result.append('%').append(HexFormat.of().withUpperCase().toHexDigits((byte) c));
      } else {
        result.append(c);
      }
    }
    return result.toString();
  }

  private static boolean isHexPair(String text, int at) {
    return at + 2 <= text.length()
        && HexFormat.isHexDigit(text.charAt(at))
        && HexFormat.isHexDigit(text.charAt(at + 1));
  }

  @Override
  public String toString() {
    return Redacted.url(site, pathAndQuery);
  }
}
