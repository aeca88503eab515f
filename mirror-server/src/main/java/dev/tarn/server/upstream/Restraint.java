package dev.tarn.server.upstream;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.netty.handler.codec.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Leaves an origin alone that said 429, for as long as it wants: by caller, because another may
 * have a quota of its own, and by what is asked for, because registries count some of it alone
 * (Docker Hub counts manifests that are fetched, and neither HEADs nor blobs). Thread-safe.
 */
final class Restraint {
  private static final Duration WHERE_NOT_SAID = Duration.ofSeconds(30);
  private static final Duration LEAST = Duration.ofSeconds(1);

  /** However long it wants: a limit that was lifted is not found out otherwise. */
  private static final Duration MOST = Duration.ofMinutes(10);

  private static final int MAX_CALLERS = 4_096;

  private final InstantSource clock;
  private final byte[] salt = new byte[16];
  private final Cache<Key, Instant> until =
      Caffeine.newBuilder().maximumSize(MAX_CALLERS).executor(Runnable::run).build();

  /**
   * Whom it is that is limited, and in what.
   *
   * @param caller empty for nobody; else a salted hash of what it shows
   */
  record Key(String caller, HttpMethod method, Ask.Kind kind) {}

  Restraint(InstantSource clock) {
    this.clock = clock;
    new SecureRandom().nextBytes(salt);
  }

  Key key(Ask ask, Caller caller) {
    return new Key(
        caller.isNode() ? "node" : caller.authorization().map(this::hash).orElse(""),
        ask.method(),
        ask.kind());
  }

  private String hash(String authorization) {
    try {
      MessageDigest hash = MessageDigest.getInstance("SHA-256");
      hash.update(salt);
      return HexFormat.of().formatHex(hash.digest(authorization.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** For how long it is not to be asked yet; empty where it may be asked. */
  Optional<Duration> left(Key key) {
    Instant end = until.getIfPresent(key);
    if (end == null) {
      return Optional.empty();
    }
    Duration left = Duration.between(clock.instant(), end);
    return left.isPositive() && left.compareTo(MOST) <= 0 ? Optional.of(left) : Optional.empty();
  }

  /**
   * It said 429.
   *
   * @return for how long it is left alone from now on
   */
  Duration limited(Key key, Optional<Duration> retryAfter) {
    Duration wanted = retryAfter.orElse(WHERE_NOT_SAID);
    Duration wait =
        wanted.compareTo(LEAST) < 0 ? LEAST : wanted.compareTo(MOST) > 0 ? MOST : wanted;
    until.put(key, clock.instant().plus(wait));
    return wait;
  }
}
