package dev.tarn.core.tag;

import dev.tarn.core.catalog.CachedRecords;
import dev.tarn.core.catalog.Catalog;
import dev.tarn.core.catalog.FieldRecord;
import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.core.name.Tag;
import java.io.IOException;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The tags as small files of the catalog. Thread-safe; reading may run on an event loop. */
public final class DiskTagStore implements TagStore {
  private static final String DIGEST = "digest";
  private static final String MEDIA_TYPE = "mediaType";
  private static final String SIZE = "size";
  private static final String CHECKED = "checkedMillis";
  private static final String FULL = "full";

  private final Catalog catalog;
  private final CachedRecords<Key, TagRecord> records;

  private record Key(RegistryHost registry, RepositoryName repository, Tag tag) {}

  public DiskTagStore(Catalog catalog) {
    this.catalog = catalog;
    records =
        new CachedRecords<>(
            catalog,
            key -> catalog.tag(key.registry(), key.repository(), key.tag()),
            DiskTagStore::format,
            DiskTagStore::parse);
  }

  @Override
  public @Nullable TagRecord find(RegistryHost registry, RepositoryName repository, Tag tag) {
    return records.find(new Key(registry, repository, tag));
  }

  @Override
  public void record(RegistryHost registry, RepositoryName repository, Tag tag, TagRecord record)
      throws IOException {
    records.update(new Key(registry, repository, tag), before -> record);
  }

  @Override
  public Collection<Tag> tags(RegistryHost registry, RepositoryName repository) throws IOException {
    Map<String, Tag> tags = new TreeMap<>();
    for (Tag tag : catalog.tags(registry, repository)) {
      tags.put(tag.value(), tag);
    }
    // And those that could not be written.
    for (Key key : records.inMemory()) {
      if (key.registry().equals(registry) && key.repository().equals(repository)) {
        tags.put(key.tag().value(), key.tag());
      }
    }
    return tags.values();
  }

  @Override
  public void forget(RegistryHost registry, RepositoryName repository, Tag tag) throws IOException {
    records.forget(new Key(registry, repository, tag));
  }

  private static FieldRecord format(TagRecord tag) {
    return new FieldRecord(
        Map.of(
            DIGEST, tag.digest().toString(),
            MEDIA_TYPE, tag.mediaType(),
            SIZE, Long.toString(tag.size()),
            CHECKED, Long.toString(tag.checked().toEpochMilli()),
            FULL, Boolean.toString(tag.full())));
  }

  private static Optional<TagRecord> parse(FieldRecord fields) {
    Optional<Digest> digest = fields.text(DIGEST).flatMap(Digest::parse);
    Optional<String> mediaType = fields.text(MEDIA_TYPE);
    Optional<Long> size = fields.number(SIZE);
    Optional<Instant> checked = fields.number(CHECKED).map(Instant::ofEpochMilli);
    if (digest.isEmpty() || mediaType.isEmpty() || size.isEmpty() || checked.isEmpty()) {
      return Optional.empty();
    }
    // Not in records of earlier versions.
    boolean full = fields.text(FULL).map(Boolean::parseBoolean).orElse(false);
    return Optional.of(
        new TagRecord(digest.get(), mediaType.get(), size.get(), checked.get(), full));
  }
}
