package dev.tarn.core.catalog;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Records of one kind, with those last used in memory, so that a hit touches no disk; that nothing
 * is known is remembered too. Thread-safe; reading may run on an event loop.
 *
 * @param <K> what a record is about
 * @param <V> the record
 */
public final class CachedRecords<K, V> {
  private static final int MAX_IN_MEMORY = 4096;
  private static final int LOCKS = 64;

  private final Catalog catalog;
  private final Function<K, Path> place;
  private final Function<V, FieldRecord> format;
  private final Function<FieldRecord, Optional<V>> parse;
  private final Cache<K, Optional<V>> cache =
      Caffeine.newBuilder().maximumSize(MAX_IN_MEMORY).executor(Runnable::run).build();

  /** Writers of one record take turns, so that file and memory agree on the last of them. */
  private final Lock[] writers = new Lock[LOCKS];

  public CachedRecords(
      Catalog catalog,
      Function<K, Path> place,
      Function<V, FieldRecord> format,
      Function<FieldRecord, Optional<V>> parse) {
    this.catalog = catalog;
    this.place = place;
    this.format = format;
    this.parse = parse;
    for (int i = 0; i < LOCKS; i++) {
      writers[i] = new ReentrantLock();
    }
  }

  /** The record, or null where nothing is known. */
  public @Nullable V find(K key) {
    return cache.get(key, this::read).orElse(null);
  }

  private Optional<V> read(K key) {
    return catalog.read(place.apply(key)).flatMap(parse);
  }

  /**
   * Notes what is known now. Where it cannot be written it is known until the next start.
   *
   * @param change from what was known before, or null, to what is known now
   */
  public void update(K key, Function<@Nullable V, V> change) throws IOException {
    Lock writer = writers[(key.hashCode() & 0x7fffffff) % LOCKS];
    writer.lock();
    try {
      V now = change.apply(find(key));
      try {
        catalog.write(place.apply(key), format.apply(now));
      } finally {
        cache.put(key, Optional.of(now));
      }
    } finally {
      writer.unlock();
    }
  }

  /** Forgets what was known. */
  public void forget(K key) throws IOException {
    Lock writer = writers[(key.hashCode() & 0x7fffffff) % LOCKS];
    writer.lock();
    try {
      catalog.delete(place.apply(key));
    } finally {
      cache.put(key, Optional.empty());
      writer.unlock();
    }
  }

  /** What records in memory are about, at some moment. */
  public List<K> inMemory() {
    List<K> keys = new ArrayList<>();
    cache
        .asMap()
        .forEach(
            (key, record) -> {
              if (record.isPresent()) {
                keys.add(key);
              }
            });
    return keys;
  }

  /** Forgets what is in memory, because files were deleted. */
  public void forgetMemory() {
    cache.invalidateAll();
  }
}
