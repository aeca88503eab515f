package dev.tarn.server.upstream;

import java.net.URI;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Prints URLs for logs and errors. What is printed is on a list of what is known to be harmless:
 * scheme, host and port, a registry API path, and the values of a few query keys. Everything else
 * may be a signature.
 */
final class Redacted {
  private static final Set<String> HARMLESS_KEYS =
      Set.of("n", "last", "artifactType", "scope", "service", "ns");

  private Redacted() {}

  static String url(URI url) {
    return Site.of(url)
        .map(
            site ->
                url(
                    site,
                    (url.getRawPath() == null ? "" : url.getRawPath())
                        + (url.getRawQuery() == null ? "" : "?" + url.getRawQuery())))
        .orElse("…");
  }

  static String url(Site site, String pathAndQuery) {
    int mark = pathAndQuery.indexOf('?');
    String path = mark < 0 ? pathAndQuery : pathAndQuery.substring(0, mark);
    String shown = path.isEmpty() || path.equals("/") || path.contains("/v2/") ? path : "/…";
    return site + shown + (mark < 0 ? "" : "?" + query(pathAndQuery.substring(mark + 1)));
  }

  private static String query(String query) {
    return Arrays.stream(query.split("&", -1))
        .map(Redacted::parameter)
        .collect(Collectors.joining("&"));
  }

  private static String parameter(String parameter) {
    int equals = parameter.indexOf('=');
    String key = equals < 0 ? parameter : parameter.substring(0, equals);
    return HARMLESS_KEYS.contains(key) ? parameter : "…";
  }
}
