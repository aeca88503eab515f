package dev.tarn.core.proof;

import dev.tarn.core.catalog.CachedRecords;
import dev.tarn.core.catalog.Catalog;
import dev.tarn.core.catalog.FieldRecord;
import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.BlobKey;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which registries delivered content in full; kept across restarts. Thread-safe; reading may run on
 * an event loop.
 *
 * <p>A registry that only says that it has some content may be lying, to be given what another one
 * keeps private. One that delivered it has nothing to gain.
 */
public final class Deliveries {
  private static final String BY = "by";
  private static final String OPEN_REGISTRY = "openRegistry";
  private static final String OPEN_REPOSITORY = "openRepository";
  private static final String ARRIVING = "arriving";
  private static final String NOTED = "notedMillis";

  private final Catalog catalog;
  private final InstantSource clock;
  private final CachedRecords<Digest, Delivered> records;

  /** A repository where content came from without a credential. */
  public record Place(RegistryHost registry, RepositoryName repository) {}

  /**
   * What is known of some content.
   *
   * @param by who delivered it
   * @param open where anybody could have it
   * @param arriving whose bytes a part of it that is here consists of
   */
  private record Delivered(
      SortedSet<RegistryHost> by,
      @Nullable Place open,
      @Nullable RegistryHost arriving,
      Instant noted) {}

  public Deliveries(Catalog catalog, InstantSource clock) {
    this.catalog = catalog;
    this.clock = clock;
    this.records =
        new CachedRecords<>(catalog, catalog::delivery, Deliveries::format, Deliveries::parse);
  }

  /** Whether the registry delivered it in full. */
  public boolean delivered(BlobKey key) {
    Delivered known = records.find(key.digest());
    return known != null && known.by().contains(key.registry());
  }

  /** Under which keys it may be shared: one for each registry that delivered it. */
  public List<BlobKey> keys(Digest digest) {
    Delivered known = records.find(digest);
    return known == null
        ? List.of()
        : known.by().stream().map(registry -> new BlobKey(registry, digest)).toList();
  }

  /** A repository that it came from without a credential, or null. */
  public @Nullable Place open(Digest digest) {
    Delivered known = records.find(digest);
    return known == null ? null : known.open();
  }

  /**
   * Notes that the registry delivered all of it, and that it matched.
   *
   * @param openAt the repository, where it came without a credential
   */
  public void note(BlobKey key, @Nullable RepositoryName openAt) throws IOException {
    Place open = openAt == null ? null : new Place(key.registry(), openAt);
    Delivered known = records.find(key.digest());
    if (known != null
        && known.by().contains(key.registry())
        && (open == null || open.equals(known.open()))) {
      return;
    }
    records.update(
        key.digest(),
        before -> {
          SortedSet<RegistryHost> by = new TreeSet<>(before == null ? List.of() : before.by());
          by.add(key.registry());
          return new Delivered(
              by,
              open != null || before == null ? open : before.open(),
              before == null ? null : before.arriving(),
              clock.instant());
        });
  }

  /**
   * Notes that what is about to arrive is this registry's.
   *
   * @return whether a part of it that is here already is this registry's, too
   */
  public boolean arrives(BlobKey key) throws IOException {
    Delivered known = records.find(key.digest());
    if (known != null && key.registry().equals(known.arriving())) {
      return true;
    }
    records.update(
        key.digest(),
        before ->
            new Delivered(
                before == null ? new TreeSet<>() : before.by(),
                before == null ? null : before.open(),
                key.registry(),
                clock.instant()));
    return false;
  }

  /**
   * Drops what is known of content that is {@code held} nowhere on this node, where it is older
   * than {@code olderThan}. Walks through all of it: for a thread that may block, every few hours.
   *
   * @return how many records were dropped
   */
  public int sweep(Predicate<Digest> held, Instant olderThan) throws IOException {
    int[] dropped = {0};
    catalog.forEachDelivery(
        (digest, file) -> {
          Optional<Delivered> known = catalog.read(file).flatMap(Deliveries::parse);
          boolean old = known.isEmpty() || known.get().noted().isBefore(olderThan);
          if (old && !held.test(digest)) {
            catalog.delete(file);
            dropped[0]++;
          }
        });
    if (dropped[0] > 0) {
      records.forgetMemory();
    }
    return dropped[0];
  }

  private static FieldRecord format(Delivered delivered) {
    Map<String, String> fields = new HashMap<>();
    fields.put(
        BY, delivered.by().stream().map(RegistryHost::value).collect(Collectors.joining(" ")));
    fields.put(NOTED, Long.toString(delivered.noted().toEpochMilli()));
    if (delivered.open() != null) {
      fields.put(OPEN_REGISTRY, delivered.open().registry().value());
      fields.put(OPEN_REPOSITORY, delivered.open().repository().value());
    }
    if (delivered.arriving() != null) {
      fields.put(ARRIVING, delivered.arriving().value());
    }
    return new FieldRecord(fields);
  }

  private static Optional<Delivered> parse(FieldRecord fields) {
    Optional<Instant> noted = fields.number(NOTED).map(Instant::ofEpochMilli);
    if (noted.isEmpty()) {
      return Optional.empty();
    }
    SortedSet<RegistryHost> by =
        Arrays.stream(fields.text(BY).orElse("").split(" "))
            .flatMap(host -> RegistryHost.parse(host).stream())
            .collect(Collectors.toCollection(TreeSet::new));
    Optional<Place> open =
        fields
            .text(OPEN_REGISTRY)
            .flatMap(RegistryHost::parse)
            .flatMap(
                registry ->
                    fields
                        .text(OPEN_REPOSITORY)
                        .flatMap(RepositoryName::parse)
                        .map(repository -> new Place(registry, repository)));
    Optional<RegistryHost> arriving = fields.text(ARRIVING).flatMap(RegistryHost::parse);
    return Optional.of(new Delivered(by, open.orElse(null), arriving.orElse(null), noted.get()));
  }
}
