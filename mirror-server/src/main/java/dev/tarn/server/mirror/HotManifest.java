package dev.tarn.server.mirror;

import dev.tarn.core.digest.Digest;
import org.jspecify.annotations.Nullable;

/** A manifest in memory, with the headers that went with it last. Thread-safe. */
final class HotManifest {
  private final Digest digest;
  private final Content content;
  private volatile @Nullable Typed last;

  /** A manifest has one media type, if its registries agree on it. */
  private record Typed(String mediaType, HeaderFields headers) {}

  HotManifest(Digest digest, Content content) {
    this.digest = digest;
    this.content = content;
  }

  Digest digest() {
    return digest;
  }

  Content content() {
    return content;
  }

  HeaderFields headers(String mediaType) {
    Typed known = last;
    if (known == null || !known.mediaType().equals(mediaType)) {
      Descriptor descriptor = new Descriptor(mediaType, digest, content.length());
      known = new Typed(mediaType, Answer.headers(descriptor, false));
      last = known;
    }
    return known.headers();
  }
}
