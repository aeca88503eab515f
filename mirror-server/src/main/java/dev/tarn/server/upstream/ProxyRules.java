package dev.tarn.server.upstream;

import java.net.InetAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which proxy a site is reached by, as {@code HTTPS_PROXY}, {@code HTTP_PROXY} and {@code NO_PROXY}
 * say it (upper or lower case).
 *
 * <p>{@code NO_PROXY} has host names (which cover their subdomains), {@code .suffix} and {@code
 * *.suffix}, addresses and CIDR blocks, each with an optional port, or {@code *}. Loopback is never
 * proxied.
 */
final class ProxyRules {
  /** A proxy that speaks plain HTTP; {@code authorization} is a header's value. */
  record Proxy(Site site, Optional<String> authorization) {
    @Override
    public String toString() {
      return site.toString();
    }
  }

  private record Exempt(String host, int port) {}

  private final @Nullable Proxy forHttps;
  private final @Nullable Proxy forHttp;
  private final List<Exempt> exceptions;
  private final boolean none;

  private ProxyRules(
      @Nullable Proxy forHttps, @Nullable Proxy forHttp, List<Exempt> exceptions, boolean none) {
    this.forHttps = forHttps;
    this.forHttp = forHttp;
    this.exceptions = exceptions;
    this.none = none;
  }

  /**
   * @throws IllegalArgumentException where a variable names no proxy that can be used
   */
  static ProxyRules from(Map<String, String> environment) {
    List<String> entries =
        Stream.of(variable(environment, "NO_PROXY").split("[,\\s]+"))
            .filter(entry -> !entry.isEmpty())
            .map(entry -> entry.toLowerCase(Locale.ROOT))
            .toList();
    return new ProxyRules(
        proxy("HTTPS_PROXY", variable(environment, "HTTPS_PROXY")),
        proxy("HTTP_PROXY", variable(environment, "HTTP_PROXY")),
        entries.stream().map(ProxyRules::exception).toList(),
        entries.contains("*"));
  }

  Optional<Proxy> proxyFor(Site site) {
    Proxy proxy = site.tls() ? forHttps : forHttp;
    return proxy == null || none || isLocal(site.host()) || isException(site)
        ? Optional.empty()
        : Optional.of(proxy);
  }

  private static boolean isLocal(String host) {
    return host.equals("localhost")
        || host.endsWith(".localhost")
        || Cidr.literal(host).filter(InetAddress::isLoopbackAddress).isPresent();
  }

  private boolean isException(Site site) {
    Optional<InetAddress> literal = Cidr.literal(site.host());
    for (Exempt exception : exceptions) {
      boolean samePort = exception.port() == 0 || exception.port() == site.port();
      if (samePort && matches(exception.host(), site.host(), literal)) {
        return true;
      }
    }
    return false;
  }

  private static boolean matches(String pattern, String host, Optional<InetAddress> literal) {
    if (literal.isPresent()) {
      return Cidr.parse(pattern).filter(block -> block.contains(literal.get())).isPresent();
    }
    if (pattern.startsWith(".")) {
      return host.endsWith(pattern);
    }
    return host.equals(pattern) || host.endsWith("." + pattern);
  }

  private static Exempt exception(String entry) {
    String pattern = entry.startsWith("*.") ? entry.substring(1) : entry;
    int colon = pattern.lastIndexOf(':');
    boolean hasPort =
        colon > 0
            && colon == pattern.indexOf(':', Math.max(0, pattern.indexOf(']')))
            && pattern.substring(colon + 1).matches("[0-9]{1,5}");
    return hasPort
        ? new Exempt(pattern.substring(0, colon), Integer.parseInt(pattern.substring(colon + 1)))
        : new Exempt(pattern, 0);
  }

  private static @Nullable Proxy proxy(String name, String value) {
    if (value.isEmpty()) {
      return null;
    }
    URI url;
    try {
      url = URI.create(value.contains("://") ? value : "http://" + value);
    } catch (IllegalArgumentException e) {
      // The cause would print the password that the value may hold.
      throw new IllegalArgumentException(name + " is no URL");
    }
    String user = url.getRawUserInfo();
    String authority = url.getRawAuthority() == null ? "" : url.getRawAuthority();
    String bare = authority.substring(authority.lastIndexOf('@') + 1);
    Site site =
        HttpUrl.parse(url.getScheme() + "://" + bare)
            .map(HttpUrl::site)
            .filter(s -> !s.tls())
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        name + " is no proxy of the form http://host:port"));
    return new Proxy(site, Optional.ofNullable(user).map(ProxyRules::basic));
  }

  private static String basic(String rawUserInfo) {
    String decoded = URLDecoder.decode(rawUserInfo.replace("+", "%2B"), StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(decoded.getBytes(StandardCharsets.UTF_8));
  }

  private static String variable(Map<String, String> environment, String name) {
    String upper = environment.get(name);
    String lower = environment.get(name.toLowerCase(Locale.ROOT));
    return upper != null && !upper.isBlank() ? upper.strip() : lower == null ? "" : lower.strip();
  }
}
