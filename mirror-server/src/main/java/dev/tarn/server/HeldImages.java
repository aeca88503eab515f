package dev.tarn.server;

import dev.tarn.core.catalog.Catalog;
import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.core.name.Tag;
import dev.tarn.core.tag.TagRecord;
import dev.tarn.core.tag.TagStore;
import dev.tarn.server.status.ImageFacts.TagFact;
import dev.tarn.server.status.Images.Held;
import dev.tarn.server.status.Images.Holdings;
import dev.tarn.server.status.RepositoryUses.Repository;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/** What of each repository is on this node, by the catalog and the stores. Blocks. */
final class HeldImages implements Holdings {
  private static final int MAX_TAGS_READ = 500;
  private static final int MAX_TAGS = 20;

  private final Catalog catalog;
  private final TagStore tags;
  private final Function<Digest, OptionalLong> sizeOf;

  /**
   * What is here.
   *
   * @param sizeOf of what is on this node; empty for what is not
   */
  HeldImages(Catalog catalog, TagStore tags, Function<Digest, OptionalLong> sizeOf) {
    this.catalog = catalog;
    this.tags = tags;
    this.sizeOf = sizeOf;
  }

  @Override
  public Map<Repository, Held> held() throws IOException {
    Map<Repository, Held> held = new HashMap<>();
    catalog.forEachObject(
        (registry, repository, digest) -> {
          OptionalLong size = sizeOf.apply(digest);
          if (size.isPresent()) {
            held.merge(
                new Repository(registry.value(), repository.value()),
                new Held(1, size.getAsLong()),
                (before, one) -> before.and(one.bytes()));
          }
        });
    return held;
  }

  @Override
  public List<TagFact> tags(Repository repository) throws IOException {
    Optional<RegistryHost> registry = RegistryHost.parse(repository.registry());
    Optional<RepositoryName> name = RepositoryName.parse(repository.name());
    return registry.isEmpty() || name.isEmpty() ? List.of() : tags(registry.get(), name.get());
  }

  private List<TagFact> tags(RegistryHost registry, RepositoryName repository) throws IOException {
    Collection<Tag> known = tags.tags(registry, repository);
    List<TagFact> facts = new ArrayList<>();
    for (Tag tag : known.stream().limit(MAX_TAGS_READ).toList()) {
      TagRecord record = tags.find(registry, repository, tag);
      if (record != null) {
        facts.add(new TagFact(tag.value(), record.digest().toString(), record.checked()));
      }
    }
    facts.sort(Comparator.comparing(TagFact::checked).reversed());
    return List.copyOf(facts.subList(0, Math.min(MAX_TAGS, facts.size())));
  }
}
