package dev.tarn.server.mirror;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tarn.core.digest.Digest;
import dev.tarn.core.proof.Voucher;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * What other nodes said of objects that they gave this one. In memory only, and for a day since a
 * registry's word was behind it: it is no proof and no decision of this node's own. Thread-safe.
 */
final class Vouched {
  private static final long MAX_OBJECTS = 10_000;
  private static final Duration KEPT = Duration.ofDays(1);

  private record Place(Scope scope, Digest digest) {}

  /**
   * @param since when a registry's word was behind it
   */
  private record Heard(boolean anybody, String mediaType, Instant since) {
    /** What opens more, and of what opens the same the younger. */
    Heard or(Heard other) {
      boolean mine = anybody == other.anybody ? !other.since.isAfter(since) : anybody;
      return mine ? this : other;
    }
  }

  private final InstantSource clock;
  private final Cache<Place, Heard> heard =
      Caffeine.newBuilder().maximumSize(MAX_OBJECTS).executor(Runnable::run).build();

  Vouched(InstantSource clock) {
    this.clock = clock;
  }

  void hear(Scope scope, Digest digest, Voucher voucher) {
    Instant since = clock.instant().minusSeconds(voucher.ageSeconds());
    Heard now = new Heard(voucher.anybody(), voucher.mediaType(), since);
    if (!isOver(now)) {
      heard.asMap().merge(new Place(scope, digest), now, Heard::or);
    }
  }

  private boolean isOver(Heard word) {
    return !clock.instant().isBefore(word.since().plus(KEPT));
  }

  @Nullable Voucher find(Scope scope, Digest digest) {
    Place place = new Place(scope, digest);
    Heard word = heard.getIfPresent(place);
    if (word == null) {
      return null;
    }
    if (isOver(word)) {
      heard.asMap().remove(place, word);
      return null;
    }
    long age = Math.max(0, Duration.between(word.since(), clock.instant()).toSeconds());
    return new Voucher(word.anybody(), word.mediaType(), age);
  }

  /** Upstream does not have it there. */
  void forget(Scope scope, Digest digest) {
    heard.invalidate(new Place(scope, digest));
  }

  /** Upstream refused somebody there. */
  void forget(Scope scope) {
    heard.asMap().keySet().removeIf(place -> place.scope().equals(scope));
  }
}
