package dev.tarn.core.access;

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
 * whom it was asked by, so without this nobody would have a right while the registry is away. Kept
 * across restarts. Thread-safe.
 */
public final class Challenges {
  /** A registry that asks in more ways, or at greater length, is asked itself. */
  private static final int MAX_CHALLENGES = 8;

  private static final int MAX_CHARACTERS = 8_192;

  private record Repository(RegistryHost registry, RepositoryName name) {}

  private final CachedRecords<Repository, List<String>> records;

  public Challenges(Catalog catalog) {
    this.records =
        new CachedRecords<>(
            catalog,
            repository -> catalog.challenge(repository.registry(), repository.name()),
            Challenges::format,
            Challenges::parse);
  }

  /** Notes the values of {@code WWW-Authenticate}, in their order. */
  public void keep(RegistryHost registry, RepositoryName name, List<String> challenges)
      throws IOException {
    int characters = challenges.stream().mapToInt(String::length).sum();
    Repository repository = new Repository(registry, name);
    if (challenges.size() <= MAX_CHALLENGES
        && characters <= MAX_CHARACTERS
        && !challenges.equals(records.find(repository))) {
      records.update(repository, before -> List.copyOf(challenges));
    }
  }

  /** The last ones; none where the registry never asked. */
  public List<String> find(RegistryHost registry, RepositoryName name) {
    List<String> last = records.find(new Repository(registry, name));
    return last == null ? List.of() : last;
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
