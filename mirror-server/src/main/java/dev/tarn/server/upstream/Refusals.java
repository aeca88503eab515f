package dev.tarn.server.upstream;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.server.upstream.UpstreamAnswer.Refused;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Which credentials of clients an origin refused just now, so that one that is shown again and
 * again is not passed on each time. Never what it said to nobody: a challenge has to be as it is
 * now. Thread-safe, never blocks.
 *
 * <p>401 is about the credential, so about everything in the repository; 403 may be about an object
 * that a policy blocks, so about that alone.
 */
final class Refusals {
  /** Less than the kubelet waits before it tries again. */
  static final Duration KEPT = Duration.ofSeconds(5);

  private static final int UNAUTHORIZED = 401;
  private static final int MAX_REFUSALS = 4_096;

  private final InstantSource clock;
  private final Cache<Key, Kept> kept =
      Caffeine.newBuilder().maximumSize(MAX_REFUSALS).executor(Runnable::run).build();

  /**
   * Who was refused what.
   *
   * @param listing whether it was a listing, which registries give by other scopes than content
   * @param path empty for everything in the repository
   */
  private record Key(String caller, RepositoryName repository, boolean listing, String path) {}

  private record Kept(Refused how, Instant until) {}

  Refusals(InstantSource clock) {
    this.clock = clock;
  }

  private static Key key(Ask ask, Caller caller, String path) {
    return new Key(caller.key(), ask.repository(), ask.kind() == Ask.Kind.LISTING, path);
  }

  /** How this caller was refused this just now. */
  Optional<Refused> find(Ask ask, Caller caller) {
    return caller.authorization().isEmpty()
        ? Optional.empty()
        : find(key(ask, caller, "")).or(() -> find(key(ask, caller, ask.path())));
  }

  private Optional<Refused> find(Key key) {
    Kept found = kept.getIfPresent(key);
    if (found == null) {
      return Optional.empty();
    }
    Duration left = Duration.between(clock.instant(), found.until());
    return left.isPositive() && left.compareTo(KEPT) <= 0
        ? Optional.of(found.how())
        : Optional.empty();
  }

  /** The origin refused this caller, just now. */
  void keep(Ask ask, Caller caller, Refused how) {
    if (caller.authorization().isPresent()) {
      String path = how.status() == UNAUTHORIZED ? "" : ask.path();
      kept.put(key(ask, caller, path), new Kept(how, clock.instant().plus(KEPT)));
    }
  }
}
