package dev.tarn.server.mirror;

import dev.tarn.core.access.Standing;
import dev.tarn.core.digest.Digest;
import dev.tarn.core.proof.Proof;
import dev.tarn.core.proof.ProofStore;
import dev.tarn.server.upstream.Caller;
import dev.tarn.server.upstream.UpstreamAnswer;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who may read what is on disk. Thread-safe; look-ups run on an event loop.
 *
 * <p>Without asking upstream only this is served: an object that its registry delivered under this
 * very repository, or answered 200 for, and only to whom it let read there minutes ago: to this
 * caller, or to somebody without a credential, where the object itself came without one. For all
 * else upstream is asked.
 */
final class Rights {
  private final Registries registries;
  private final Access access;
  private final ProofStore proofs;
  private final Clock clock;
  private final MirrorListener listener;

  Rights(
      Registries registries,
      Access access,
      ProofStore proofs,
      Clock clock,
      MirrorListener listener) {
    this.registries = registries;
    this.access = access;
    this.proofs = proofs;
    this.clock = clock;
    this.listener = listener;
  }

  /** The proof by which the caller may read this object, or null where upstream must be asked. */
  @Nullable Proof find(Scope scope, Digest digest, Caller caller) {
    return find(scope, digest, caller, Standing.ANSWERS);
  }

  /** The same, where upstream was asked and stands so. */
  @Nullable Proof find(Scope scope, Digest digest, Caller caller, Standing standing) {
    Proof proof = proofs.find(scope.registry(), scope.repository(), digest);
    return proof != null && allows(scope, proof, caller, standing) ? proof : null;
  }

  /** The same for a manifest, whose type is known only from having been asked for as one. */
  @Nullable Proof findManifest(Scope scope, Digest digest, Caller caller, Standing standing) {
    Proof proof = find(scope, digest, caller, standing);
    return proof != null && !proof.mediaType().equals(Descriptor.BLOB_TYPE) ? proof : null;
  }

  private boolean allows(Scope scope, Proof proof, Caller caller, Standing standing) {
    if (standing != Standing.ANSWERS && registries.refusesInOutage(scope)) {
      return false;
    }
    if (registries.shared(scope) || (proof.anonymous() && access.allowsAnybody(scope, standing))) {
      return true;
    }
    return !caller.isAnonymous()
        && access.allows(
            scope, registries.upstream(scope).origin(scope.repository()), caller, standing);
  }

  /**
   * What to say where upstream gave this answer and the content is here, but the caller may not
   * have it by what is known: who showed no credential is asked for one, as upstream last did; it
   * may be one that upstream let in before.
   */
  UpstreamAnswer instead(Scope scope, Caller caller, UpstreamAnswer answer) {
    boolean replays =
        caller.isAnonymous() && standing(answer) != null && !registries.refusesInOutage(scope);
    List<String> challenges = replays ? access.challenges(scope) : List.of();
    return challenges.isEmpty()
        ? answer
        : new UpstreamAnswer.Refused(401, challenges, UpstreamAnswer.ErrorBody.NONE);
  }

  /** Whether the scope's registry is known to have the object there. */
  boolean isProven(Scope scope, Digest digest) {
    return proofs.find(scope.registry(), scope.repository(), digest) != null;
  }

  /** How a registry stands that gave this answer; null where the answer is its word. */
  static @Nullable Standing standing(UpstreamAnswer answer) {
    return switch (answer) {
      case UpstreamAnswer.RateLimited _ -> Standing.RATE_LIMITED;
      case UpstreamAnswer.Failed _ -> Standing.AWAY;
      case UpstreamAnswer.Found _,
          UpstreamAnswer.NotFound _,
          UpstreamAnswer.Refused _,
          UpstreamAnswer.TooMany _ ->
          null;
    };
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
