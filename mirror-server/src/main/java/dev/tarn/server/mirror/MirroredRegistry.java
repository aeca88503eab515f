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
 * @param refusesInOutage whether, where the registry cannot be asked, its failure is the answer,
 *     even where what it said before would do
 */
public record MirroredRegistry(
    RegistryHost name,
    Upstream upstream,
    Function<RepositoryName, Duration> maxAge,
    boolean shared,
    boolean refusesInOutage) {

  /** One whose callers are let in each by the registry itself. */
  public MirroredRegistry(
      RegistryHost name, Upstream upstream, Function<RepositoryName, Duration> maxAge) {
    this(name, upstream, maxAge, false, false);
  }
}
