package dev.tarn.server.upstream;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * On whose behalf upstream is asked: nobody's, or a client's by the {@code Authorization} that it
 * sent. A credential is passed on and never stored; it cannot be printed.
 */
public final class Caller {
  private static final Caller ANONYMOUS = new Caller(null);

  private final @Nullable String authorization;

  private Caller(@Nullable String authorization) {
    this.authorization = authorization;
  }

  public static Caller anonymous() {
    return ANONYMOUS;
  }

  /** A client, by the value of its {@code Authorization} header. */
  public static Caller withAuthorization(String value) {
    return new Caller(value);
  }

  public boolean isAnonymous() {
    return authorization == null;
  }

  /** The value to send upstream. */
  public Optional<String> authorization() {
    return Optional.ofNullable(authorization);
  }

  @Override
  public String toString() {
    return authorization == null ? "anonymous" : "with a credential";
  }
}
