package dev.tarn.server.mirror;

import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;

/** A repository of a configured registry: what rights and proofs are about. */
public record Scope(RegistryHost registry, RepositoryName repository) {
  @Override
  public String toString() {
    return registry + "/" + repository;
  }
}
