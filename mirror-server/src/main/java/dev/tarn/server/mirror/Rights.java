package dev.tarn.server.mirror;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.proof.Proof;
import dev.tarn.core.proof.ProofStore;
import java.io.IOException;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * Who may read what is on disk. Thread-safe; look-ups run on an event loop.
 *
 * <p>Without asking upstream only this is served: an object that its registry delivered under this
 * very repository to somebody without a credential. For all else the caller's own right is asked
 * for, at every request.
 */
final class Rights {
  private final ProofStore proofs;
  private final Clock clock;
  private final MirrorListener listener;

  Rights(ProofStore proofs, Clock clock, MirrorListener listener) {
    this.proofs = proofs;
    this.clock = clock;
    this.listener = listener;
  }

  /** The proof by which anybody may read this object, or null where upstream must be asked. */
  @Nullable Proof open(Scope scope, Digest digest) {
    Proof proof = proofs.find(scope.registry(), scope.repository(), digest);
    return proof != null && proof.anonymous() ? proof : null;
  }

  /** The same for a manifest, whose type is known only from having been asked for as one. */
  @Nullable Proof openManifest(Scope scope, Digest digest) {
    Proof proof = open(scope, digest);
    return proof != null && !proof.mediaType().equals(Descriptor.BLOB_TYPE) ? proof : null;
  }

  /** The type that the scope's registry gave the manifest, or null where it gave none. */
  @Nullable String manifestType(Scope scope, Digest digest) {
    Proof proof = proofs.find(scope.registry(), scope.repository(), digest);
    return proof == null || proof.mediaType().equals(Descriptor.BLOB_TYPE)
        ? null
        : proof.mediaType();
  }

  /** Notes that the scope's registry delivered the object, or answered 200 for it. */
  void proven(Scope scope, Descriptor object, boolean anonymous) {
    Proof before =
        object.isBlob() ? proofs.find(scope.registry(), scope.repository(), object.digest()) : null;
    // A manifest that is fetched as a blob stays a manifest of its type.
    String mediaType = before == null ? object.mediaType() : before.mediaType();
    Proof proof = new Proof(mediaType, object.size(), anonymous, clock.instant());
    try {
      proofs.record(scope.registry(), scope.repository(), object.digest(), proof);
    } catch (IOException e) {
      // Costs a question to upstream at the next request, and nothing else.
      listener.trouble("proof_not_kept", scope, object.digest(), String.valueOf(e));
    }
  }
}
