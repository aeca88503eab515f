package dev.tarn.agent.hosts;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A host's URL, made of what a {@code hosts.toml} says as containerd makes it: {@code https://} is
 * put before a name without a scheme, and {@code /v2} after a path that does not end in it, unless
 * {@code override_path} is set.
 *
 * <p>The mirror puts {@code /v2} after a path without a {@code v2} segment, and nothing after any
 * other. So {@code /hub} (asked at {@code /hub/v2/}) stays {@code /hub}; {@code /v2/hub} with
 * {@code override_path} stays as it is; {@code /v2/hub} without it becomes {@code /v2/hub/v2}; and
 * a path without {@code v2} with {@code override_path} cannot be said.
 */
record HostUrl(String scheme, String authority, String path) {

  static HostUrl parse(String text, boolean overridePath) throws Untranslatable {
    // As containerd looks for a scheme.
    String url = text.startsWith("http") ? text : "https://" + text;
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      throw new Untranslatable("\"" + text + "\" is not a URL");
    }
    String scheme = uri.getScheme();
    boolean http = "http".equals(scheme) || "https".equals(scheme);
    if (!http || uri.getHost() == null || uri.getRawPath() == null) {
      throw new Untranslatable("\"" + text + "\" is not the URL of a host");
    }
    if (uri.getRawUserInfo() != null
        || uri.getRawQuery() != null
        || uri.getRawFragment() != null) {
      throw new Untranslatable(
          "\"" + text + "\" has more in it than a scheme, a host, a port and a path");
    }
    String path = clean(text, uri.getRawPath());
    return new HostUrl(
        scheme, uri.getRawAuthority().toLowerCase(Locale.ROOT), root(text, path, overridePath));
  }

  private static String clean(String text, String path) throws Untranslatable {
    String clean = path;
    while (clean.endsWith("/")) {
      clean = clean.substring(0, clean.length() - 1);
    }
    List<String> segments = List.of(clean.split("/", -1));
    boolean plain =
        clean.chars().allMatch(c -> c == '/' || Character.isLetterOrDigit(c) || "-._~".indexOf(c) >= 0);
    if (!plain
        || clean.contains("//")
        || segments.contains(".")
        || segments.contains("..")) {
      throw new Untranslatable("\"" + text + "\" has an unusual path");
    }
    return clean;
  }

  /** The path under which the mirror asks as containerd would. */
  private static String root(String text, String path, boolean overridePath)
      throws Untranslatable {
    String asked = overridePath || path.endsWith("/v2") ? path : path + "/v2";
    if (!hasVersion(asked)) {
      throw new Untranslatable(
          "\"" + text + "\" with override_path = true has no /v2 in its path, and the mirror would"
              + " add it");
    }
    String before =
        asked.endsWith("/v2") ? asked.substring(0, asked.length() - "/v2".length()) : asked;
    return hasVersion(before) ? asked : before;
  }

  private static boolean hasVersion(String path) {
    return List.of(path.split("/", -1)).contains("v2");
  }

  /** Whether this is the mirror, which may be written with another of this machine's names. */
  boolean isSelf(String mirror) {
    if (mirror.equals(scheme + "://" + authority)) {
      return true;
    }
    int name = mirror.indexOf("://") + "://".length();
    String other = mirror.substring(name);
    return Loopback.is(authority)
        && Loopback.is(other)
        && Loopback.port(authority).equals(Loopback.port(other));
  }

  /** Whether containerd speaks plain HTTP there where no TLS settings are given. */
  boolean isPlain() {
    return scheme.equals("http");
  }

  UpstreamHost with(Optional<String> ca) {
    return new UpstreamHost(URI.create(scheme + "://" + authority + path), ca);
  }
}
