package dev.tarn.server.mirror;

import dev.tarn.core.access.Standing;
import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.Reference;
import dev.tarn.core.name.Tag;
import dev.tarn.core.proof.Proof;
import dev.tarn.core.tag.TagRecord;
import dev.tarn.server.mirror.MirrorRequest.OfManifest;
import dev.tarn.server.upstream.UpstreamAnswer;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Answers requests for manifests: what a tag names is asked upstream unless it is still believed,
 * the bytes come from here where they are here. {@link #hit} runs on an event loop, {@link #answer}
 * on virtual threads.
 */
final class Manifests {
  private static final OciError UNKNOWN =
      new OciError(OciError.Code.MANIFEST_UNKNOWN, "manifest unknown");
  private static final int NOT_FOUND = 404;

  private final ManifestFetcher fetcher;
  private final HotManifests hot;
  private final KnownTags tags;
  private final TagWitnesses witnesses;
  private final Rights rights;
  private final MirrorListener listener;

  Manifests(
      ManifestFetcher fetcher,
      HotManifests hot,
      KnownTags tags,
      TagWitnesses witnesses,
      Rights rights,
      MirrorListener listener) {
    this.fetcher = fetcher;
    this.hot = hot;
    this.tags = tags;
    this.witnesses = witnesses;
    this.rights = rights;
    this.listener = listener;
  }

  /** The answer, where it is in memory and the caller may have it; else null. Never blocks. */
  @Nullable Answer hit(OfManifest request) {
    Digest digest =
        switch (request.reference()) {
          case Reference.ByDigest(Digest named) -> named;
          case Tag tag -> {
            TagRecord believed = tags.believed(request, tag);
            yield believed == null ? null : believed.digest();
          }
        };
    if (digest == null) {
      return null;
    }
    HotManifest manifest = hot.inMemory(digest);
    Proof proof = manifest == null ? null : proof(request, digest, Standing.ANSWERS);
    return proof == null || manifest == null
        ? null
        : held(request, manifest, proof.mediaType(), Outcome.HIT);
  }

  private @Nullable Proof proof(OfManifest request, Digest digest, Standing standing) {
    return rights.findManifest(request.scope(), digest, request.caller(), standing);
  }

  Answer answer(OfManifest request) throws IOException, InterruptedException {
    return switch (request.reference()) {
      case Reference.ByDigest(Digest digest) -> byDigest(request, digest);
      case Tag tag -> byTag(request, tag);
    };
  }

  private Answer byTag(OfManifest request, Tag tag) throws IOException, InterruptedException {
    Scope scope = request.scope();
    TagRecord believed = tags.believed(request, tag);
    Answer known = believed == null ? null : known(request, tag, believed.digest());
    if (known != null) {
      return known;
    }
    long asked = tags.now();
    return switch (fetcher.describe(scope, tag, request.accept(), request.caller(), asked)) {
      case ManifestAnswer.Described(Descriptor named) -> {
        remember(request, tag, named, asked);
        yield request.head() ? described(named) : resolved(request, named);
      }
      case ManifestAnswer.Fetched fetched -> {
        remember(request, tag, fetched.descriptor(), asked);
        yield serve(request, fetched);
      }
      case ManifestAnswer.Otherwise(UpstreamAnswer answer) -> tagOtherwise(request, tag, answer);
    };
  }

  private void remember(OfManifest request, Tag tag, Descriptor named, long asked) {
    tags.remember(request, tag, named, asked);
    witnesses.tell(request.scope(), tag, named.digest());
  }

  /** What a tag that is believed names, or null where upstream has to be asked for it. */
  private @Nullable Answer known(OfManifest request, Tag tag, Digest digest)
      throws IOException, InterruptedException {
    if (!tags.isImmutable(request.scope(), tag)) {
      return fromDisk(request, digest, Outcome.HIT, Standing.ANSWERS);
    }
    // Who may have it, and the bytes where they are gone, is asked by digest: the tag is not.
    Answer answer = byDigest(request, digest);
    return answer.status() == NOT_FOUND ? null : answer;
  }

  private Answer tagOtherwise(OfManifest request, Tag tag, UpstreamAnswer answer)
      throws IOException, InterruptedException {
    Answer refusal = Relay.otherwise(answer, UNKNOWN);
    return switch (answer) {
      case UpstreamAnswer.NotFound _ -> {
        tags.forget(request.scope(), tag);
        yield refusal;
      }
      case UpstreamAnswer.RateLimited _ -> stale(request, tag, "rate limited", answer);
      case UpstreamAnswer.Failed failed -> stale(request, tag, failed.detail(), answer);
      case UpstreamAnswer.Refused _, UpstreamAnswer.TooMany _, UpstreamAnswer.Found _ -> refusal;
    };
  }

  /** The last known content of a tag, where upstream cannot be asked and the caller may have it. */
  private Answer stale(OfManifest request, Tag tag, String why, UpstreamAnswer answer)
      throws IOException, InterruptedException {
    Scope scope = request.scope();
    TagRecord last = tags.last(scope, tag);
    Digest named = last == null ? witnesses.ask(scope, tag) : last.digest();
    if (named == null) {
      return Relay.otherwise(answer, UNKNOWN);
    }
    Answer stale = inOutage(request, named, Outcome.STALE, answer);
    if (stale.outcome() == Outcome.STALE) {
      listener.stale(scope, tag, why);
      if (last == null) {
        listener.byWitnesses(scope, tag, named);
      }
    }
    return stale;
  }

  /**
   * What is here, or at other nodes, where upstream cannot be asked and the caller may have it;
   * else its answer.
   */
  private Answer inOutage(OfManifest request, Digest digest, Outcome outcome, UpstreamAnswer answer)
      throws IOException, InterruptedException {
    Scope scope = request.scope();
    if (Rights.standing(answer) != null && fetcher.shares() && hot.find(digest) == null) {
      ManifestAnswer given =
          fetcher.fetch(scope, digest, request.accept(), request.caller(), false);
      if (given instanceof ManifestAnswer.Fetched fetched) {
        return serve(request, fetched, outcome);
      }
    }
    return held(request, digest, outcome, answer);
  }

  /** What is here where upstream cannot be asked and the caller may have it; else its answer. */
  private Answer held(OfManifest request, Digest digest, Outcome outcome, UpstreamAnswer answer)
      throws IOException {
    Standing standing = Rights.standing(answer);
    if (standing == null || hot.find(digest) == null) {
      return Relay.otherwise(answer, UNKNOWN);
    }
    Answer held = fromDisk(request, digest, outcome, standing);
    return held == null
        ? Relay.otherwise(rights.instead(request.scope(), request.caller(), answer), UNKNOWN)
        : held;
  }

  /** The content that upstream has just named for this very caller. */
  private Answer resolved(OfManifest request, Descriptor named)
      throws IOException, InterruptedException {
    HotManifest manifest =
        rights.counts(request.scope(), named.digest()) ? hot.find(named.digest()) : null;
    return manifest == null
        ? fetched(request, named.digest(), true)
        : held(request, manifest, named.mediaType(), Outcome.HIT);
  }

  private Answer byDigest(OfManifest request, Digest digest)
      throws IOException, InterruptedException {
    Answer cached = fromDisk(request, digest, Outcome.HIT, Standing.ANSWERS);
    if (cached != null) {
      return cached;
    }
    boolean here = hot.find(digest) != null;
    if (!here && !request.head()) {
      return fetched(request, digest, false);
    }
    return switch (fetcher.describe(request.scope(), digest, request.accept(), request.caller())) {
      case ManifestAnswer.Described(Descriptor named) ->
          request.head() ? described(named) : resolved(request, named);
      case ManifestAnswer.Fetched fetched -> serve(request, fetched);
      case ManifestAnswer.Otherwise(UpstreamAnswer answer) ->
          inOutage(request, digest, here ? Outcome.HIT : Outcome.MISS, answer);
    };
  }

  private Answer fetched(OfManifest request, Digest digest, boolean allowed)
      throws IOException, InterruptedException {
    return switch (fetcher.fetch(
        request.scope(), digest, request.accept(), request.caller(), allowed)) {
      case ManifestAnswer.Fetched fetched -> serve(request, fetched);
      case ManifestAnswer.Described(Descriptor named) -> described(named);
      case ManifestAnswer.Otherwise(UpstreamAnswer answer) ->
          held(request, digest, Outcome.MISS, answer);
    };
  }

  private @Nullable Answer fromDisk(
      OfManifest request, Digest digest, Outcome outcome, Standing standing) throws IOException {
    Proof proof = proof(request, digest, standing);
    HotManifest manifest = proof == null ? null : hot.find(digest);
    return proof == null || manifest == null
        ? null
        : held(request, manifest, proof.mediaType(), outcome);
  }

  private Answer described(Descriptor named) {
    boolean here = hot.inMemory(named.digest()) != null;
    return here
        ? Answer.head(named, Source.DISK, Outcome.HIT)
        : Answer.head(named, Source.UPSTREAM, Outcome.MISS);
  }

  private static Answer held(
      OfManifest request, HotManifest manifest, String mediaType, Outcome outcome) {
    return Answer.manifest(manifest, mediaType, request.head(), Source.DISK, outcome);
  }

  private static Answer serve(OfManifest request, ManifestAnswer.Fetched fetched) {
    return serve(request, fetched, Outcome.MISS);
  }

  private static Answer serve(OfManifest request, ManifestAnswer.Fetched fetched, Outcome outcome) {
    String mediaType = fetched.descriptor().mediaType();
    return Answer.manifest(
        fetched.manifest(), mediaType, request.head(), fetched.source(), outcome);
  }
}
