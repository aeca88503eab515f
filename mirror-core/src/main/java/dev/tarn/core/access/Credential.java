package dev.tarn.core.access;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What somebody asks with, as far as it is known here: never the secret itself.
 *
 * @param key a keyed hash of it, of the origin that it is for, and of nothing else; letters and
 *     digits
 * @param expires when it says that it ends; null where it does not say
 */
public record Credential(Kind kind, String key, @Nullable Instant expires) {
  /** Nobody's: what anybody may do. */
  public static final Credential NONE = new Credential(Kind.NONE, "anonymous", null);

  /** By which scheme it is shown. */
  public enum Kind {
    NONE,

    /** A name and a password, which is the same at the next pull. */
    BASIC,

    /** Anything else: a token, most likely, that is another at the next pull. */
    TOKEN
  }

  boolean lives(Instant now) {
    return expires == null || now.isBefore(expires);
  }
}
