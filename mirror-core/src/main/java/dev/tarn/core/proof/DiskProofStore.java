package dev.tarn.core.proof;

import dev.tarn.core.catalog.CachedRecords;
import dev.tarn.core.catalog.Catalog;
import dev.tarn.core.catalog.FieldRecord;
import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The proofs as small files of the catalog. Thread-safe; reading may run on an event loop. */
public final class DiskProofStore implements ProofStore {
  private static final String MEDIA_TYPE = "mediaType";
  private static final String SIZE = "size";
  private static final String ANONYMOUS = "anonymous";
  private static final String PROVEN = "provenMillis";

  private final Catalog catalog;
  private final CachedRecords<Key, Proof> records;

  private record Key(RegistryHost registry, RepositoryName repository, Digest digest) {}

  public DiskProofStore(Catalog catalog) {
    this.catalog = catalog;
    records =
        new CachedRecords<>(
            catalog,
            key -> catalog.content(key.registry(), key.repository(), key.digest()),
            DiskProofStore::format,
            DiskProofStore::parse);
  }

  @Override
  public @Nullable Proof find(RegistryHost registry, RepositoryName repository, Digest digest) {
    return records.find(new Key(registry, repository, digest));
  }

  @Override
  public void record(RegistryHost registry, RepositoryName repository, Digest digest, Proof proof)
      throws IOException {
    records.update(new Key(registry, repository, digest), before -> merge(before, proof));
  }

  private static Proof merge(@Nullable Proof before, Proof now) {
    return before != null && before.anonymous() && !now.anonymous()
        ? new Proof(now.mediaType(), now.size(), true, now.proven())
        : now;
  }

  /**
   * Drops the proofs of content that is {@code held} nowhere on this node, where they are older
   * than {@code olderThan}. Walks through all of them: for a thread that may block, every few
   * hours.
   *
   * @return how many were dropped
   */
  public int sweep(Predicate<Digest> held, Instant olderThan) throws IOException {
    int[] dropped = {0};
    catalog.forEachContent(
        (digest, file) -> {
          if (!held.test(digest) && isOlder(file, olderThan)) {
            catalog.delete(file);
            dropped[0]++;
          }
        });
    if (dropped[0] > 0) {
      records.forgetMemory();
    }
    return dropped[0];
  }

  /** Whether the proof is older; one that cannot be read is. */
  private boolean isOlder(Path file, Instant than) {
    return catalog
        .read(file)
        .flatMap(DiskProofStore::parse)
        .map(proof -> proof.proven().isBefore(than))
        .orElse(true);
  }

  private static FieldRecord format(Proof proof) {
    return new FieldRecord(
        Map.of(
            MEDIA_TYPE, proof.mediaType(),
            SIZE, Long.toString(proof.size()),
            ANONYMOUS, Boolean.toString(proof.anonymous()),
            PROVEN, Long.toString(proof.proven().toEpochMilli())));
  }

  private static Optional<Proof> parse(FieldRecord fields) {
    Optional<String> mediaType = fields.text(MEDIA_TYPE);
    Optional<Long> size = fields.number(SIZE);
    Optional<Boolean> anonymous = fields.text(ANONYMOUS).map(Boolean::valueOf);
    Optional<Instant> proven = fields.number(PROVEN).map(Instant::ofEpochMilli);
    if (mediaType.isEmpty() || size.isEmpty() || anonymous.isEmpty() || proven.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new Proof(mediaType.get(), size.get(), anonymous.get(), proven.get()));
  }
}
