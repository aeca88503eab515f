package dev.tarn.server.upstream;

import dev.tarn.core.name.RegistryHost;
import java.net.InetAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * One place that answers for a registry: its URL, whom its certificate may be from beside the
 * system's authorities, and at which addresses it may be.
 *
 * <p>A path in the URL is a prefix. Repositories are asked for below {@code <path>/v2/}, or right
 * below the path where it already has a {@code v2} segment, as in {@code
 * https://harbor.example.com/v2/dockerhub}.
 *
 * @param named the registry that it is told it is asked for, by {@code ns} in the query as
 *     containerd tells mirrors; empty where it needs not be told
 */
public record Origin(
    URI base, Optional<Authorities> ca, Reach reach, Optional<RegistryHost> named) {

  private static final InetAddress LOCAL = InetAddress.getLoopbackAddress();

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

  /** An origin that is not told for which registry it is asked. */
  public Origin(URI base, Optional<Authorities> ca, Reach reach) {
    this(base, ca, reach, Optional.empty());
  }

  /** An origin that is trusted by the system's certificate authorities. */
  public static Origin of(String url) {
    return new Origin(URI.create(url), Optional.empty(), Reach.ANYWHERE);
  }

  /** The host, with its port where that is not the scheme's own. */
  public String authority() {
    return site().authority();
  }

  /** Host and port. */
  public String hostAndPort() {
    return site().hostAndPort();
  }

  /** Whether its URL alone tells that it may not be dialled: by a literal, or as localhost. */
  public boolean isOutOfReach() {
    String host = site().host();
    boolean local = host.equals("localhost") || host.endsWith(".localhost");
    return Cidr.literal(host).map(address -> !permits(address)).orElse(local && !permits(LOCAL));
  }

  boolean permits(InetAddress address) {
    return reach.permits(site().host(), address, site().port());
  }

  /** Whether it is the same place, asked the same way, wherever it may be. */
  boolean isSameAs(Origin other) {
    return site().equals(other.site())
        && apiRoot().equals(other.apiRoot())
        && ca.equals(other.ca)
        && named.equals(other.named);
  }

  /** What precedes the repository in the name that this origin has for it; empty, or ends in /. */
  public String namespace() {
    String root = apiRoot();
    return root.substring(root.indexOf("/v2/") + "/v2/".length());
  }

  /** The path and query under which a part of the API is asked. */
  String target(String path) {
    String query =
        named
            .map(registry -> "ns=" + URLEncoder.encode(registry.value(), StandardCharsets.UTF_8))
            .orElse("");
    String separator = query.isEmpty() ? "" : path.indexOf('?') < 0 ? "?" : "&";
    return apiRoot() + path + separator + query;
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
