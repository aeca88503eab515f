package dev.tarn.server.mirror;

import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.server.upstream.Upstream;
import java.time.Duration;
import java.util.function.Function;

/**
 * A registry that is served.
 *
 * @param maxAge for how long a tag of a repository is believed without asking upstream again
 */
public record MirroredRegistry(
    RegistryHost name, Upstream upstream, Function<RepositoryName, Duration> maxAge) {}
