package dev.tarn.server.upstream;

import dev.tarn.core.digest.Algorithm;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * On whose behalf upstream is asked: nobody's, a client's by the {@code Authorization} that it
 * sent, or that of Tarn itself. A credential is passed on and never stored; it cannot be printed.
 *
 * <p>Whoever shares an answer among callers compares the callers, not their {@link #authorization}:
 * Tarn itself has none, and may still see more than nobody does.
 */
public final class Caller {
  private static final Caller ANONYMOUS = new Caller(Kind.ANONYMOUS, null);
  private static final Caller NODE = new Caller(Kind.NODE, null);

  /** Of this process alone, so that a key tells nothing to whoever sees it. */
  private static final byte[] SALT = salt();

  private final Kind kind;
  private final @Nullable String authorization;
  private volatile @Nullable String key;

  /**
   * How a token begins that this node issued itself: it means nothing to anybody else, and nobody
   * else is shown it.
   */
  public static final String OWN_TOKEN_PREFIX = "tarn-local.";

  private enum Kind {
    ANONYMOUS,
    CLIENT,
    /** A client with a token of this node's own. */
    LOCAL,
    NODE
  }

  private Caller(Kind kind, @Nullable String authorization) {
    this.kind = kind;
    this.authorization = authorization;
  }

  public static Caller anonymous() {
    return ANONYMOUS;
  }

  /** A client, by the value of its {@code Authorization} header. */
  public static Caller withAuthorization(String value) {
    return new Caller(value.contains(OWN_TOKEN_PREFIX) ? Kind.LOCAL : Kind.CLIENT, value);
  }

  /**
   * Tarn itself, with the credential that is configured for the origin and repository, or as nobody
   * where none is. That it may read something says nothing of any client's right.
   */
  public static Caller node() {
    return NODE;
  }

  public boolean isAnonymous() {
    return kind == Kind.ANONYMOUS;
  }

  public boolean isNode() {
    return kind == Kind.NODE;
  }

  /** The value to send upstream, where a client brought one that is meant for upstream. */
  public Optional<String> authorization() {
    return kind == Kind.LOCAL ? Optional.empty() : Optional.ofNullable(authorization);
  }

  /**
   * The token of this node's own that the client brought, if it did. Upstream such a client is
   * nobody.
   */
  public Optional<String> ownToken() {
    return kind == Kind.LOCAL && authorization != null
        ? Optional.of(authorization.substring(authorization.indexOf(OWN_TOKEN_PREFIX)).strip())
        : Optional.empty();
  }

  /**
   * What tells callers apart where the credential itself must not be kept: the same for the same
   * credential while this process lives, and nothing that it could be found from.
   */
  public String key() {
    String known = key;
    if (known == null) {
      known = authorization == null ? kind.name() : hash(authorization);
      key = known;
    }
    return known;
  }

  private static byte[] salt() {
    byte[] salt = new byte[16];
    new SecureRandom().nextBytes(salt);
    return salt;
  }

  private static String hash(String authorization) {
    MessageDigest hash = Algorithm.SHA256.newHash();
    hash.update(SALT);
    return HexFormat.of().formatHex(hash.digest(authorization.getBytes(StandardCharsets.UTF_8)));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Caller that
        && kind == that.kind
        && Objects.equals(authorization, that.authorization);
  }

  @Override
  public int hashCode() {
    return 31 * kind.hashCode() + Objects.hashCode(authorization);
  }

  @Override
  public String toString() {
    return switch (kind) {
      case ANONYMOUS -> "anonymous";
      case CLIENT -> "with a credential";
      case LOCAL -> "with a token of this node";
      case NODE -> "Tarn itself";
    };
  }
}
