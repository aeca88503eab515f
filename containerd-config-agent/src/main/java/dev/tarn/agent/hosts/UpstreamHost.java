package dev.tarn.agent.hosts;

import java.net.URI;
import java.util.Optional;

/**
 * A host that an operator named for a registry. A request that Tarn answers never reaches it, so
 * Tarn asks it in containerd's stead.
 *
 * @param url as {@code registries.<host>.upstreams[].url} in the server's configuration: asked under
 *     its path and {@code /v2}, or under its path alone where that has a segment {@code v2}
 * @param ca the certificates that it is trusted by, in PEM
 */
public record UpstreamHost(URI url, Optional<String> ca) {}
