package dev.tarn.server.mirror;

import dev.tarn.core.name.RegistryHost;
import dev.tarn.server.upstream.Upstream;

/**
 * A registry that is served.
 *
 * @param tags for how long its tags are believed without asking upstream again
 * @param shared whether whoever reaches this node may read what the registry gave it, because the
 *     operator said so
 * @param tokenRelay whether clients are to get their tokens through this node
 * @param refusesInOutage whether, where the registry cannot be asked, its failure is the answer,
 *     even where what it said before would do
 */
public record MirroredRegistry(
    RegistryHost name,
    Upstream upstream,
    TagRules tags,
    boolean shared,
    boolean tokenRelay,
    boolean refusesInOutage) {

  /** One whose callers are let in each by the registry itself. */
  public MirroredRegistry(RegistryHost name, Upstream upstream, TagRules tags) {
    this(name, upstream, tags, false, false, false);
  }
}
