package dev.tarn.server.upstream;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Leaves an origin alone that said 429, for as long as it wants; whoever asks meanwhile is told so
 * at once. Thread-safe, never blocks.
 *
 * <p>By caller, because another may have a quota of its own; and by what is asked for, because
 * registries count some of it alone: Docker Hub counts manifests that are fetched, and neither
 * HEADs nor blobs. A short wait is no quota but a busy moment, and about that very object.
 */
final class Restraint {
  private static final Duration WHERE_NOT_SAID = Duration.ofSeconds(30);
  private static final Duration LEAST = Duration.ofSeconds(1);

  /** However long it wants: a limit that was lifted is not found out otherwise. */
  static final Duration MOST = Duration.ofMinutes(10);

  /** What is shorter is a busy moment. */
  private static final Duration QUOTA = Duration.ofSeconds(5);

  private static final int MAX_PAUSES = 8_192;

  private final InstantSource clock;
  private final Cache<Key, Instant> pauses =
      Caffeine.newBuilder().maximumSize(MAX_PAUSES).executor(Runnable::run).build();

  /** Until when it was last told that the origin limits such requests; of at most six kinds. */
  private final ConcurrentMap<What, Instant> told = new ConcurrentHashMap<>();

  private record What(Ask.Kind kind, boolean head) {
    static What of(Ask ask) {
      return new What(ask.kind(), ask.isHead());
    }
  }

  /**
   * Who is limited, and in what.
   *
   * @param object empty for everything of this kind
   */
  private record Key(String caller, What what, String object) {}

  Restraint(InstantSource clock) {
    this.clock = clock;
  }

  private static Key everything(Ask ask, Caller caller) {
    return new Key(caller.key(), What.of(ask), "");
  }

  private static Key object(Ask ask, Caller caller) {
    return new Key(caller.key(), What.of(ask), ask.repository() + "/" + ask.path());
  }

  /** For how long this is not to be asked yet; empty where it may be asked. */
  Optional<Duration> left(Ask ask, Caller caller) {
    return left(everything(ask, caller)).or(() -> left(object(ask, caller)));
  }

  private Optional<Duration> left(Key key) {
    Instant end = pauses.getIfPresent(key);
    if (end == null) {
      return Optional.empty();
    }
    Duration left = Duration.between(clock.instant(), end);
    // A clock that was set back must not keep it alone for longer than anything may.
    return left.isPositive() && left.compareTo(MOST) <= 0 ? Optional.of(left) : Optional.empty();
  }

  /**
   * It said 429.
   *
   * @return for how long it is left alone from now on, where that is news; else zero
   */
  Duration limited(Ask ask, Caller caller, Optional<Duration> retryAfter) {
    Duration wait = bounded(retryAfter.orElse(WHERE_NOT_SAID));
    Instant now = clock.instant();
    Instant end = now.plus(wait);
    boolean quota = wait.compareTo(QUOTA) >= 0;
    pauses.put(quota ? everything(ask, caller) : object(ask, caller), end);
    if (!quota) {
      return Duration.ZERO;
    }
    Instant before = told.get(What.of(ask));
    boolean running = before != null && now.isBefore(before) && !before.isAfter(now.plus(MOST));
    boolean news =
        !running
            && (before == null
                ? told.putIfAbsent(What.of(ask), end) == null
                : told.replace(What.of(ask), before, end));
    return news ? wait : Duration.ZERO;
  }

  private static Duration bounded(Duration wanted) {
    return wanted.compareTo(LEAST) < 0 ? LEAST : wanted.compareTo(MOST) > 0 ? MOST : wanted;
  }
}
