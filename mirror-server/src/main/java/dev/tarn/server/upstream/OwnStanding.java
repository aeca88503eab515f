package dev.tarn.server.upstream;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tarn.core.name.RepositoryName;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * What an origin has made of Tarn's own credentials, by repository. A refused one rests for a
 * while, because a wrong password that is shown with every request gets an account locked.
 * Thread-safe, never blocks.
 */
final class OwnStanding {
  private static final Duration REFUSAL_KEPT = Duration.ofSeconds(30);
  private static final int MAX_REPOSITORIES = 4096;

  private final InstantSource clock;
  private final Cache<RealmTokens.Key, Instant> refusedUntil =
      Caffeine.newBuilder().maximumSize(MAX_REPOSITORIES).build();
  private final Cache<RepositoryName, Boolean> basic =
      Caffeine.newBuilder().maximumSize(MAX_REPOSITORIES).build();

  OwnStanding(InstantSource clock) {
    this.clock = clock;
  }

  /** Whether the key's credential was refused, or could not be shown, just now. */
  boolean isRefused(RealmTokens.Key key) {
    Instant until = refusedUntil.getIfPresent(key);
    return until != null && clock.instant().isBefore(until);
  }

  void refused(RealmTokens.Key key) {
    refusedUntil.put(key, clock.instant().plus(REFUSAL_KEPT));
    basic.invalidate(key.repository());
  }

  /** Whether the origin asked for Basic here and took it, so that it need not ask again. */
  boolean wantsBasic(RepositoryName repository) {
    return basic.getIfPresent(repository) != null;
  }

  void tookBasic(RepositoryName repository) {
    basic.put(repository, true);
  }
}
