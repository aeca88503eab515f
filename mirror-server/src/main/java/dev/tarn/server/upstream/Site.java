package dev.tarn.server.upstream;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;

/**
 * Scheme, host and port: what has to be the same for a credential to be sent. The host is in lower
 * case, an IPv6 address without its brackets.
 */
record Site(boolean tls, String host, int port) {
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;
  private static final int MAX_PORT = 65_535;

  /** The site of an absolute http or https URL without user information, else empty. */
  static Optional<Site> of(URI url) {
    String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
    String authority = url.getRawAuthority();
    if (authority == null || !(scheme.equals("http") || scheme.equals("https"))) {
      return Optional.empty();
    }
    boolean tls = scheme.equals("https");
    int bracket = authority.lastIndexOf(']');
    int colon = authority.indexOf(':', Math.max(bracket, 0));
    String host = colon < 0 ? authority : authority.substring(0, colon);
    int port = tls ? HTTPS_PORT : HTTP_PORT;
    if (colon >= 0 && colon + 1 < authority.length()) {
      port = parsePort(authority.substring(colon + 1));
    }
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    if (port < 1 || port > MAX_PORT || !isHost(host)) {
      return Optional.empty();
    }
    return Optional.of(new Site(tls, host.toLowerCase(Locale.ROOT), port));
  }

  private static int parsePort(String text) {
    boolean digits = text.length() <= 5 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    return digits ? Integer.parseInt(text) : -1;
  }

  private static boolean isHost(String host) {
    return !host.isEmpty()
        && host.chars()
            .allMatch(
                c ->
                    (c >= 'a' && c <= 'z')
                        || (c >= 'A' && c <= 'Z')
                        || (c >= '0' && c <= '9')
                        || c == '.'
                        || c == '-'
                        || c == '_'
                        || c == ':');
  }

  /** Host and port as a {@code Host} header has them: no default port. */
  String authority() {
    boolean isDefault = port == (tls ? HTTPS_PORT : HTTP_PORT);
    return isDefault ? bracketed() : bracketed() + ":" + port;
  }

  /** Host and port, always with the port. */
  String hostAndPort() {
    return bracketed() + ":" + port;
  }

  private String bracketed() {
    return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
  }

  @Override
  public String toString() {
    return (tls ? "https://" : "http://") + authority();
  }
}
