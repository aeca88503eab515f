package dev.tarn.agent.hosts;

import java.net.URI;
import java.util.Optional;

/**
 * A host that an operator named for a registry. A request that Tarn answers never reaches it, so
 * Tarn asks it in containerd's stead.
 *
 * @param url with the path that containerd would put before {@code /manifests}, without {@code /v2}
 * @param ca the certificates that it is trusted by, in PEM
 */
public record UpstreamHost(URI url, Optional<String> ca) {}
