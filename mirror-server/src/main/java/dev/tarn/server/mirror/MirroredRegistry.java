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
 * @param shared whether whoever reaches this node may read what the registry gave it, because the
 *     operator said so
 * @param tokenRelay whether clients are to get their tokens through this node
 */
public record MirroredRegistry(
    RegistryHost name,
    Upstream upstream,
    Function<RepositoryName, Duration> maxAge,
    boolean shared,
    boolean tokenRelay) {

  /** One whose callers are let in each by the registry itself. */
  public MirroredRegistry(
      RegistryHost name, Upstream upstream, Function<RepositoryName, Duration> maxAge) {
    this(name, upstream, maxAge, false, false);
  }
}
