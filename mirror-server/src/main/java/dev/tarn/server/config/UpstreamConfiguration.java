package dev.tarn.server.config;

import static dev.tarn.server.config.InvalidConfigurationException.require;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One server that a registry's content is fetched from.
 *
 * @param url scheme, host, optional port and optional path prefix, without a slash at its end; it
 *     cannot carry a password
 * @param ca a PEM file with certificate authorities to trust beside the platform's, at this server
 */
public record UpstreamConfiguration(URI url, Optional<Path> ca) {
  public UpstreamConfiguration {
    String scheme = url.getScheme();
    require("http".equals(scheme) || "https".equals(scheme), "url", "expected http:// or https://");
    require(url.getUserInfo() == null, "url", "must not contain a user name or password");
    require(url.getHost() != null, "url", "the host is missing");
    require(url.getQuery() == null, "url", "must not contain a query");
    require(url.getFragment() == null, "url", "must not contain a fragment");
    require(
        url.getPath().isEmpty() || !url.getPath().endsWith("/"), "url", "must not end in a slash");
    require(ca.isEmpty() || "https".equals(scheme), "ca", "is of no use: the url is not https://");
  }

  /** An upstream that the platform's certificates vouch for. */
  public static UpstreamConfiguration of(String url) {
    return new UpstreamConfiguration(URI.create(url), Optional.empty());
  }
}
