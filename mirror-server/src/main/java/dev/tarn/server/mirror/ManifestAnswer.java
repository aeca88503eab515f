package dev.tarn.server.mirror;

import dev.tarn.server.upstream.UpstreamAnswer;

/** What asking upstream about a manifest came to; can be shared by any number of askers. */
sealed interface ManifestAnswer {
  /** It exists; its bytes were not asked for. */
  record Described(Descriptor descriptor) implements ManifestAnswer {}

  /** It is here now, verified. */
  record Fetched(Descriptor descriptor, HotManifest manifest, Source source)
      implements ManifestAnswer {}

  /** Upstream has an answer of its own, or none; never a {@link UpstreamAnswer.Found}. */
  record Otherwise(UpstreamAnswer answer) implements ManifestAnswer {}
}
