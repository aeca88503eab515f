package dev.tarn.core.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Which tokens stand for which pull secrets: those that a realm gave for one, and those that this
 * node gives itself while the realm is away. In memory alone, as hashes, as many as are of use.
 * Thread-safe; {@link #find} may run on an event loop.
 *
 * <p>A token stands for its secret in the one repository that it was asked for: in another it may
 * have less of a right than the secret has.
 */
public final class StandIns {
  private static final int MAX_TOKENS = 16_384;
  private static final int OWN_TOKEN_BYTES = 32;
  private static final char[] DIGITS = "0123456789abcdef".toCharArray();

  /** How long a token of this node's own is good for. */
  public static final Duration OWN_LIFETIME = Duration.ofMinutes(5);

  /** What the specification says where a realm says nothing, or nothing of use. */
  private static final Duration USUAL_LIFETIME = Duration.ofSeconds(60);

  /** No token is believed to stand for its secret for longer, whatever its realm said. */
  private static final Duration MAX_LIFETIME = Duration.ofHours(1);

  private record StandIn(
      RegistryHost registry, RepositoryName repository, Credential secret, Instant expires) {}

  private final CredentialKeys keys;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Cache<String, StandIn> tokens =
      Caffeine.newBuilder().maximumSize(MAX_TOKENS).executor(Runnable::run).build();

  /**
   * @param random one that nobody can guess
   */
  public StandIns(CredentialKeys keys, InstantSource clock, RandomGenerator random) {
    this.keys = keys;
    this.clock = clock;
    this.random = random;
  }

  /**
   * A realm gave a token for a secret.
   *
   * @param token as the origin will be shown it
   * @param lifetime as the realm told it; zero where it told none
   */
  public void issued(
      RegistryHost registry,
      RepositoryName repository,
      Credential token,
      Credential secret,
      Duration lifetime) {
    Duration told = lifetime.isPositive() ? lifetime : USUAL_LIFETIME;
    Duration life = told.compareTo(MAX_LIFETIME) > 0 ? MAX_LIFETIME : told;
    Instant end = clock.instant().plus(life);
    Instant own = token.expires();
    remember(token, registry, repository, secret, own != null && own.isBefore(end) ? own : end);
  }

  /**
   * A new token of this node's own that stands for a secret.
   *
   * @param prefix what it begins with
   */
  public String issue(
      String prefix, RegistryHost registry, RepositoryName repository, Credential secret) {
    byte[] bytes = new byte[OWN_TOKEN_BYTES];
    random.nextBytes(bytes);
    StringBuilder token = new StringBuilder(prefix);
    for (byte b : bytes) {
      token.append(DIGITS[(b >> 4) & 0xf]).append(DIGITS[b & 0xf]);
    }
    Instant end = clock.instant().plus(OWN_LIFETIME);
    remember(keys.ofOwnToken(token.toString()), registry, repository, secret, end);
    return token.toString();
  }

  private void remember(
      Credential token,
      RegistryHost registry,
      RepositoryName repository,
      Credential secret,
      Instant expires) {
    tokens.put(token.key(), new StandIn(registry, repository, secret, expires));
  }

  /** The secret that a token stands for in the repository, while it lives; else null. */
  public @Nullable Credential find(
      RegistryHost registry, RepositoryName repository, Credential token) {
    StandIn standIn = tokens.getIfPresent(token.key());
    return standIn != null
            && standIn.registry().equals(registry)
            && standIn.repository().equals(repository)
            && clock.instant().isBefore(standIn.expires())
        ? new Credential(standIn.secret().kind(), standIn.secret().key(), standIn.expires())
        : null;
  }

  /** The token stands for nothing any more. */
  public void forget(Credential token) {
    tokens.invalidate(token.key());
  }
}
