package dev.tarn.server.upstream;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One place that answers for a registry: its URL, and a file with further certificate authorities
 * (PEM) that are trusted there beside the system's.
 *
 * <p>A path in the URL is a prefix. Repositories are asked for below {@code <path>/v2/}, or right
 * below the path where it already has a {@code v2} segment, as in {@code
 * https://harbor.example.com/v2/dockerhub}.
 */
public record Origin(URI base, Optional<Path> ca) {

  public Origin {
    if (Site.of(base).isEmpty()) {
      throw new IllegalArgumentException(
          "not an upstream URL (http or https, host, optional port and path): "
              + Redacted.url(base));
    }
    if (base.getRawQuery() != null || base.getRawFragment() != null) {
      throw new IllegalArgumentException(
          "an upstream URL has no query and no fragment: " + Redacted.url(base));
    }
  }

  /** An origin that is trusted by the system's certificate authorities. */
  public static Origin of(String url) {
    return new Origin(URI.create(url), Optional.empty());
  }

  /** The host, with its port where that is not the scheme's own. */
  public String authority() {
    return site().authority();
  }

  /** What precedes the repository in the name that this origin has for it; empty, or ends in /. */
  public String namespace() {
    String root = apiRoot();
    return root.substring(root.indexOf("/v2/") + "/v2/".length());
  }

  Site site() {
    return Site.of(base).orElseThrow();
  }

  /** What precedes the repository in a request's path; it begins and ends with a slash. */
  String apiRoot() {
    String path = base.getRawPath() == null ? "" : base.getRawPath();
    while (path.endsWith("/")) {
      path = path.substring(0, path.length() - 1);
    }
    return List.of(path.split("/", -1)).contains("v2") ? path + "/" : path + "/v2/";
  }
}
