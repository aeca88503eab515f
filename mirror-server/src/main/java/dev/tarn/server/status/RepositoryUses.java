package dev.tarn.server.status;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/**
 * How often repositories are asked for, those asked for last. Thread-safe; noting a request neither
 * blocks nor looks anything up on disk.
 */
public final class RepositoryUses {
  private static final int MAX_REPOSITORIES = 1000;

  private final InstantSource clock;
  private final Cache<Repository, Use> uses =
      Caffeine.newBuilder().maximumSize(MAX_REPOSITORIES).executor(Runnable::run).build();

  /** A repository of a registry. */
  public record Repository(String registry, String name) {}

  /**
   * What is known of one.
   *
   * @param bytes that clients got
   */
  public record Used(long requests, long bytes, Optional<Instant> last) {
    static final Used NEVER = new Used(0, 0, Optional.empty());
  }

  private static final class Use {
    final LongAdder requests = new LongAdder();
    final LongAdder bytes = new LongAdder();
    volatile long lastMillis;
  }

  public RepositoryUses(InstantSource clock) {
    this.clock = clock;
  }

  /** A client got something of it. */
  public void used(String registry, String repository, long bytes) {
    Use use = uses.get(new Repository(registry, repository), _ -> new Use());
    use.requests.increment();
    use.bytes.add(bytes);
    use.lastMillis = clock.millis();
  }

  /** All that is known. */
  public Map<Repository, Used> now() {
    return uses.asMap().entrySet().stream()
        .collect(
            Collectors.toMap(
                Map.Entry::getKey,
                entry ->
                    new Used(
                        entry.getValue().requests.sum(),
                        entry.getValue().bytes.sum(),
                        Optional.of(Instant.ofEpochMilli(entry.getValue().lastMillis)))));
  }
}
