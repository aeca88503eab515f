package dev.tarn.core.name;

import dev.tarn.core.digest.Digest;
import java.util.Optional;

/** What names a manifest within a repository: a tag, or a digest. */
public sealed interface Reference permits Tag, Reference.ByDigest {

  /** A reference that can never move. */
  record ByDigest(Digest digest) implements Reference {
    @Override
    public String toString() {
      return digest.toString();
    }
  }

  /** The reference that {@code text} spells: a digest where it has a colon, else a tag. */
  static Optional<Reference> parse(String text) {
    return text.indexOf(':') >= 0
        ? Digest.parse(text).map(ByDigest::new)
        : Tag.parse(text).map(tag -> tag);
  }
}
