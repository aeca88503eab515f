package dev.tarn.core.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tarn.core.catalog.CachedRecords;
import dev.tarn.core.catalog.Catalog;
import dev.tarn.core.catalog.FieldRecord;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How registries last asked for a credential, word for word: a client shows its credential only to
 * whom it was asked by, so without this nobody would have a right while the registry is away.
 * Thread-safe.
 *
 * <p>Kept across restarts only for repositories where somebody had a right: whoever likes can have
 * a registry refuse repositories that nobody ever heard of.
 */
public final class Challenges {
  /** A registry that asks in more ways, or at greater length, is asked itself. */
  private static final int MAX_CHALLENGES = 8;

  private static final int MAX_CHARACTERS = 8_192;
  private static final int MAX_HEARD = 4_096;

  private record Repository(RegistryHost registry, RepositoryName name) {}

  private final CachedRecords<Repository, List<String>> records;
  private final Cache<Repository, List<String>> heard =
      Caffeine.newBuilder().maximumSize(MAX_HEARD).executor(Runnable::run).build();

  public Challenges(Catalog catalog) {
    this.records =
        new CachedRecords<>(
            catalog,
            repository -> catalog.challenge(repository.registry(), repository.name()),
            Challenges::format,
            Challenges::parse);
  }

  /** Notes the values of {@code WWW-Authenticate}, in their order. */
  public void hear(RegistryHost registry, RepositoryName name, List<String> challenges) {
    int characters = challenges.stream().mapToInt(String::length).sum();
    if (challenges.size() <= MAX_CHALLENGES && characters <= MAX_CHARACTERS) {
      heard.put(new Repository(registry, name), List.copyOf(challenges));
    }
  }

  /** Somebody who was asked so was let in: the last ones are kept. */
  public void keep(RegistryHost registry, RepositoryName name) throws IOException {
    Repository repository = new Repository(registry, name);
    List<String> last = heard.getIfPresent(repository);
    if (last != null && !last.equals(records.find(repository))) {
      records.update(repository, before -> last);
    }
  }

  /** The last ones; none where the registry never asked. */
  public List<String> find(RegistryHost registry, RepositoryName name) {
    Repository repository = new Repository(registry, name);
    List<String> last = heard.getIfPresent(repository);
    List<String> known = last == null ? records.find(repository) : last;
    return known == null ? List.of() : known;
  }

  private static FieldRecord format(List<String> challenges) {
    Map<String, String> fields = new LinkedHashMap<>();
    for (int i = 0; i < challenges.size(); i++) {
      fields.put(Integer.toString(i), challenges.get(i));
    }
    return new FieldRecord(fields);
  }

  private static Optional<List<String>> parse(FieldRecord fields) {
    List<String> challenges = new ArrayList<>();
    for (int i = 0; i < fields.fields().size(); i++) {
      fields.text(Integer.toString(i)).ifPresent(challenges::add);
    }
    return challenges.isEmpty() ? Optional.empty() : Optional.of(List.copyOf(challenges));
  }
}
