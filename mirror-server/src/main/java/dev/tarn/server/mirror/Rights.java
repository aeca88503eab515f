package dev.tarn.server.mirror;

import dev.tarn.core.access.Standing;
import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.BlobKey;
import dev.tarn.core.proof.Deliveries;
import dev.tarn.core.proof.Proof;
import dev.tarn.core.proof.ProofStore;
import dev.tarn.core.proof.Voucher;
import dev.tarn.server.upstream.BearerChallenges;
import dev.tarn.server.upstream.Caller;
import dev.tarn.server.upstream.UpstreamAnswer;
import dev.tarn.server.upstream.UpstreamContent;
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
 *
 * <p>And only where the object {@link #counts} as this registry's: one that merely says that it has
 * what another one keeps private gets nobody at it.
 *
 * <p>Where upstream was asked and is away, another node's word about what it gave this one stands
 * in for a proof, but only for what anybody may read, or of a registry that is declared shared. It
 * is never kept as this node's own; passed on it keeps its age.
 */
final class Rights {
  private final Registries registries;
  private final Access access;
  private final ProofStore proofs;
  private final Deliveries deliveries;
  private final Clock clock;
  private final MirrorListener listener;
  private final Vouched vouched;

  Rights(
      Registries registries,
      Access access,
      ProofStore proofs,
      Deliveries deliveries,
      Clock clock,
      MirrorListener listener) {
    this.registries = registries;
    this.access = access;
    this.proofs = proofs;
    this.deliveries = deliveries;
    this.clock = clock;
    this.listener = listener;
    this.vouched = new Vouched(clock);
  }

  /** The proof by which the caller may read this object, or null where upstream must be asked. */
  @Nullable Proof find(Scope scope, Digest digest, Caller caller) {
    return find(scope, digest, caller, Standing.ANSWERS);
  }

  /** The same, where upstream was asked and stands so. */
  @Nullable Proof find(Scope scope, Digest digest, Caller caller, Standing standing) {
    Proof proof = allowed(scope, digest, caller, standing);
    return proof != null && counts(scope, digest) ? proof : null;
  }

  /** The same for a manifest, whose type is known only from having been asked for as one. */
  @Nullable Proof findManifest(Scope scope, Digest digest, Caller caller, Standing standing) {
    Proof proof = find(scope, digest, caller, standing);
    return proof != null && !proof.mediaType().equals(Descriptor.BLOB_TYPE) ? proof : null;
  }

  /**
   * The same as {@link #find} for what does not come from here, but from the registry or from what
   * it delivered.
   */
  @Nullable Proof allowed(Scope scope, Digest digest, Caller caller, Standing standing) {
    Proof proof = proofs.find(scope.registry(), scope.repository(), digest);
    return proof != null && allows(scope, proof, caller, standing)
        ? proof
        : byWord(scope, digest, standing);
  }

  /** What another node's word stands in for, where upstream stands so; else null. */
  private @Nullable Proof byWord(Scope scope, Digest digest, Standing standing) {
    if (standing == Standing.ANSWERS || registries.refusesInOutage(scope)) {
      return null;
    }
    Voucher voucher = vouched.find(scope, digest);
    // Where upstream asked this very node for a credential, that is not for others to deny.
    return voucher != null
            && (registries.shared(scope) || (voucher.anybody() && !isChallenged(scope)))
        ? new Proof(voucher.mediaType(), -1, voucher.anybody(), clock.instant())
        : null;
  }

  private boolean isChallenged(Scope scope) {
    return !access.challenges(scope).isEmpty();
  }

  /** Upstream answered so about the object: where that is its word, it ends what others said. */
  void answered(Scope scope, Digest digest, UpstreamAnswer answer) {
    switch (answer) {
      case UpstreamAnswer.NotFound _ -> vouched.forget(scope, digest);
      case UpstreamAnswer.Refused _ -> vouched.forget(scope);
      case UpstreamAnswer.Found _,
          UpstreamAnswer.TooMany _,
          UpstreamAnswer.RateLimited _,
          UpstreamAnswer.Failed _ -> {}
    }
  }

  /** Another node said so of what it gives this one. */
  void hear(Scope scope, Digest digest, Voucher voucher) {
    if (registries.find(scope.registry().value()).isPresent()) {
      vouched.hear(scope, digest, voucher);
    }
  }

  /** Whether other nodes' clients may have it as well: anybody may, or whoever reaches a node. */
  boolean isOpen(Scope scope, Digest digest) {
    Voucher voucher = registries.shared(scope) ? null : voucher(scope, digest);
    return registries.shared(scope) || (voucher != null && voucher.anybody());
  }

  /**
   * What this node can say of the object, by its registry's own word to it or by others', or null.
   */
  @Nullable Voucher voucher(Scope scope, Digest digest) {
    if (registries.find(scope.registry().value()).isEmpty()) {
      return null;
    }
    Proof proof = proofs.find(scope.registry(), scope.repository(), digest);
    boolean refuses = registries.refusesInOutage(scope);
    if (proof != null && Voucher.isType(proof.mediaType())) {
      boolean anybody = proof.anonymous() && !refuses && access.allowsAnybody(scope, Standing.AWAY);
      return new Voucher(anybody, proof.mediaType(), 0);
    }
    return refuses || isChallenged(scope) ? null : vouched.find(scope, digest);
  }

  /**
   * Whether what is here is the registry's: it delivered all of it once, or another one gives it to
   * anybody.
   */
  boolean counts(Scope scope, Digest digest) {
    return deliveries.delivered(new BlobKey(scope.registry(), digest))
        || isOpenElsewhere(scope, digest, Standing.ANSWERS);
  }

  private boolean isOpenElsewhere(Scope scope, Digest digest, Standing standing) {
    Scope elsewhere = openElsewhere(scope, digest);
    return elsewhere != null && access.allowsAnybody(elsewhere, standing);
  }

  /** Where else the blob came from without a credential, or null. */
  private @Nullable Scope openElsewhere(Scope scope, Digest digest) {
    Deliveries.Place place = deliveries.open(digest);
    return place == null
            || place.registry().equals(scope.registry())
            || registries.find(place.registry().value()).isEmpty()
        ? null
        : new Scope(place.registry(), place.repository());
  }

  /**
   * The same as {@link #counts}, where need be after asking the other registry whether it still
   * gives the blob to anybody. Blocks.
   */
  boolean countsAfterAsking(Scope scope, Digest digest) {
    if (counts(scope, digest)) {
      return true;
    }
    Scope elsewhere = openElsewhere(scope, digest);
    if (elsewhere == null) {
      return false;
    }
    UpstreamAnswer answer =
        registries.upstream(elsewhere).headBlob(elsewhere.repository(), digest, Caller.anonymous());
    if (answer instanceof UpstreamAnswer.Found(UpstreamContent content)) {
      content.close();
      return isOpenElsewhere(scope, digest, Standing.ANSWERS);
    }
    Standing standing = standing(answer);
    return standing != null && isOpenElsewhere(scope, digest, standing);
  }

  /** Whether any registry is known to have delivered it. */
  boolean isKnown(Digest digest) {
    return !deliveries.keys(digest).isEmpty();
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
   * may be one that upstream let in before. Where tokens are got through this node, so is who came
   * with one of which nothing is known: it may get another.
   */
  UpstreamAnswer instead(Scope scope, Caller caller, UpstreamAnswer answer) {
    boolean again = registries.relaysTokens(scope) && hasDeadToken(scope, caller);
    if (standing(answer) == null
        || registries.refusesInOutage(scope)
        || !(caller.isAnonymous() || again)) {
      return answer;
    }
    List<String> last = access.challenges(scope);
    List<String> challenges = again ? BearerChallenges.blamingToken(last) : last;
    return challenges.isEmpty()
        ? answer
        : new UpstreamAnswer.Refused(401, challenges, UpstreamAnswer.ErrorBody.NONE);
  }

  private boolean hasDeadToken(Scope scope, Caller caller) {
    String origin = registries.upstream(scope).origin(scope.repository());
    return access.hasDeadToken(scope, origin, caller);
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

  /** The type that the scope's registry gave the manifest, or null where none is known. */
  @Nullable String manifestType(Scope scope, Digest digest) {
    Proof proof = proofs.find(scope.registry(), scope.repository(), digest);
    Voucher voucher = proof == null ? vouched.find(scope, digest) : null;
    String type = proof != null ? proof.mediaType() : voucher != null ? voucher.mediaType() : null;
    return Descriptor.BLOB_TYPE.equals(type) ? null : type;
  }

  /**
   * Notes that what is about to arrive is of the scope's registry.
   *
   * @return whether what an earlier transfer left of it is, too
   */
  boolean arrives(Scope scope, Digest digest) {
    try {
      return deliveries.arrives(new BlobKey(scope.registry(), digest));
    } catch (IOException e) {
      listener.trouble("delivery_not_kept", scope, digest, String.valueOf(e));
      return false;
    }
  }

  /** Notes that all of it came from the scope's registry, and matched. */
  void delivered(Scope scope, Digest digest) {
    Proof proof = proofs.find(scope.registry(), scope.repository(), digest);
    boolean anonymous = proof != null && proof.anonymous();
    try {
      deliveries.note(new BlobKey(scope.registry(), digest), anonymous ? scope.repository() : null);
    } catch (IOException e) {
      listener.trouble("delivery_not_kept", scope, digest, String.valueOf(e));
    }
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
