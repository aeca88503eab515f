package dev.tarn.agent.hosts;

import dev.tarn.core.name.RegistryHost;

/** What an entry is for. */
public sealed interface Target {
  /** One registry, as image references name it. */
  record OfRegistry(RegistryHost registry) implements Target {}

  /** Every registry that has no directory of its own: {@code _default}. */
  record OfAllOthers() implements Target {}
}
