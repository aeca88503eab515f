package dev.tarn.server.upstream;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The limits of the upstream client.
 *
 * @param connectTimeout for looking up an origin's address and for connecting, each; a tunnel and
 *     the TLS handshake get three times as long
 * @param headerTimeout from the first attempt at an origin to the headers of its final answer,
 *     redirects, tokens and retries included
 * @param stallTimeout how long a body may stay without a byte
 * @param retries how often one origin is asked again after an attempt that may have failed by
 *     chance
 * @param allowedTargets where redirects and token realms may lead though the address is private
 * @param authorities a PEM file with certificate authorities that are trusted beside the system's,
 *     at origins, their realms and where they redirect to
 * @param userAgent the {@code User-Agent} header, {@code tarn/<version>}
 */
public record UpstreamSettings(
    Duration connectTimeout,
    Duration headerTimeout,
    Duration stallTimeout,
    int retries,
    AllowedTargets allowedTargets,
    Optional<Path> authorities,
    String userAgent) {

  public UpstreamSettings {
    if (retries < 0) {
      throw new IllegalArgumentException("retries: " + retries);
    }
  }
}
