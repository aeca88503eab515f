package dev.tarn.server.mirror;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.Reference;
import dev.tarn.server.upstream.Caller;
import dev.tarn.server.upstream.Upstream;
import dev.tarn.server.upstream.UpstreamAnswer;
import dev.tarn.server.upstream.UpstreamContent;

/** Content that a client asked for by its digest, and how upstream is asked for it. */
sealed interface Wanted {
  Scope scope();

  Digest digest();

  /** On whose behalf upstream is asked. */
  Caller caller();

  /** Asks whether the caller may have it. */
  UpstreamAnswer head(Upstream upstream);

  /**
   * Asks for its bytes from {@code start} up to {@code end}, or {@link Upstream#UNTIL_THE_END};
   * more may come where upstream does not give parts.
   */
  UpstreamAnswer get(Upstream upstream, long start, long end);

  /** What upstream's answer says that it is. */
  Descriptor descriptor(UpstreamContent content);

  /** A blob. */
  record OfBlob(Scope scope, Digest digest, Caller caller) implements Wanted {
    @Override
    public UpstreamAnswer head(Upstream upstream) {
      return upstream.headBlob(scope.repository(), digest, caller);
    }

    @Override
    public UpstreamAnswer get(Upstream upstream, long start, long end) {
      return upstream.getPart(scope.repository(), digest, start, end, caller);
    }

    @Override
    public Descriptor descriptor(UpstreamContent content) {
      return Descriptor.blob(digest, content.totalSize());
    }
  }

  /**
   * A manifest; never asked for in parts.
   *
   * @param accept the types that the client takes
   */
  record OfManifest(Scope scope, Digest digest, String accept, Caller caller) implements Wanted {
    @Override
    public UpstreamAnswer head(Upstream upstream) {
      return upstream.headManifest(
          scope.repository(), new Reference.ByDigest(digest), accept, caller);
    }

    @Override
    public UpstreamAnswer get(Upstream upstream, long start, long end) {
      UpstreamAnswer answer =
          upstream.getManifest(scope.repository(), new Reference.ByDigest(digest), accept, caller);
      if (answer instanceof UpstreamAnswer.Found(UpstreamContent content)
          && content.totalSize() > ManifestFetcher.MAX_MANIFEST_BYTES) {
        content.close();
        return new UpstreamAnswer.Failed(
            UpstreamAnswer.Reason.PROTOCOL, "larger than any manifest may be");
      }
      return answer;
    }

    @Override
    public Descriptor descriptor(UpstreamContent content) {
      String type = content.mediaType().isEmpty() ? Answer.JSON : content.mediaType();
      return new Descriptor(type, digest, content.totalSize());
    }
  }
}
