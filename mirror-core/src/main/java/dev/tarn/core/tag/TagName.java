package dev.tarn.core.tag;

import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.core.name.Tag;

/** A tag, by its full name. */
public record TagName(RegistryHost registry, RepositoryName repository, Tag tag) {
  @Override
  public String toString() {
    return registry.value() + "/" + repository.value() + ":" + tag.value();
  }
}
