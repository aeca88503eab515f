package dev.tarn.server.mirror;

import dev.tarn.core.digest.Algorithm;
import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.Reference;
import dev.tarn.core.name.Tag;
import dev.tarn.core.store.BlobStore;
import dev.tarn.server.upstream.Caller;
import dev.tarn.server.upstream.Upstream;
import dev.tarn.server.upstream.UpstreamAnswer;
import dev.tarn.server.upstream.UpstreamContent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks upstream about manifests, once for all who ask the same at the same time, and stores those
 * whose digest matched. Blocks; runs on virtual threads.
 *
 * <p>Nobody waits for the disk: a manifest is answered from memory while it is made durable.
 */
final class ManifestFetcher {
  /** Clients take no manifest much larger than this; containerd's own limit is about 4 MiB. */
  static final int MAX_MANIFEST_BYTES = 8 * 1024 * 1024;

  private final Registries registries;
  private final SharedManifests shared;
  private final BlobStore store;
  private final HotManifests hot;
  private final Rights rights;
  private final MirrorListener listener;
  private final Executor executor;
  private final SingleFlight<Question, ManifestAnswer> flights;

  private record Question(
      boolean head, Scope scope, Reference reference, String accept, Caller caller, long asked) {}

  ManifestFetcher(
      Registries registries,
      SharedManifests shared,
      BlobStore store,
      HotManifests hot,
      Rights rights,
      MirrorListener listener,
      Executor executor,
      LongSupplier nanoClock,
      Duration patience) {
    this.registries = registries;
    this.shared = shared;
    this.store = store;
    this.hot = hot;
    this.rights = rights;
    this.listener = listener;
    this.executor = executor;
    this.flights =
        new SingleFlight<>(
            executor,
            nanoClock,
            patience.toNanos(),
            new ManifestAnswer.Otherwise(
                new UpstreamAnswer.Failed(
                    UpstreamAnswer.Reason.TIMEOUT, "has not answered for a while")));
  }

  /**
   * Asks what a tag names now, by HEAD; by GET where upstream's HEAD does not tell enough.
   *
   * @param asked when, as {@link KnownTags} counts it: answers are shared with none who ask at
   *     another time
   */
  ManifestAnswer describe(Scope scope, Tag tag, String accept, Caller caller, long asked)
      throws InterruptedException {
    return describe(new Question(true, scope, tag, accept, caller, asked));
  }

  /** Asks whether the caller may have what a digest names, and of what type it is, by HEAD. */
  ManifestAnswer describe(Scope scope, Digest digest, String accept, Caller caller)
      throws InterruptedException {
    Reference reference = new Reference.ByDigest(digest);
    return describe(new Question(true, scope, reference, accept, caller, 0));
  }

  private ManifestAnswer describe(Question question) throws InterruptedException {
    return flights.ask(question, () -> askForHeaders(question));
  }

  /**
   * Fetches a manifest, verifies and stores it.
   *
   * @param allowed whether upstream has just said that the caller may have it
   */
  ManifestAnswer fetch(Scope scope, Digest digest, String accept, Caller caller, boolean allowed)
      throws InterruptedException {
    Reference reference = new Reference.ByDigest(digest);
    Question question = new Question(false, scope, reference, accept, caller, 0);
    return flights.ask(
        question,
        () -> {
          ManifestAnswer answer =
              shared.possible()
                  ? share(new Wanted.OfManifest(scope, digest, accept, caller), allowed)
                  : null;
          return answer == null ? askForBytes(question) : answer;
        });
  }

  /** Whether other nodes are asked for manifests. */
  boolean shares() {
    return shared.possible();
  }

  private @Nullable ManifestAnswer share(Wanted.OfManifest wanted, boolean allowed) {
    try {
      return shared.fetch(wanted, allowed);
    } catch (IOException e) {
      listener.trouble("manifest_not_shared", wanted.scope(), wanted.digest(), String.valueOf(e));
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new ManifestAnswer.Otherwise(
          new UpstreamAnswer.Failed(UpstreamAnswer.Reason.BROKEN, "shutting down"));
    }
  }

  private Upstream upstream(Scope scope) {
    return registries.upstream(scope);
  }

  private ManifestAnswer askForHeaders(Question question) {
    Scope scope = question.scope();
    UpstreamAnswer answer =
        upstream(scope)
            .headManifest(
                scope.repository(), question.reference(), question.accept(), question.caller());
    if (!(answer instanceof UpstreamAnswer.Found(UpstreamContent content))) {
      return otherwise(question, answer);
    }
    try (content) {
      Optional<Digest> digest =
          question.reference() instanceof Reference.ByDigest(Digest named)
              ? Optional.of(named)
              : content.digest();
      if (digest.isEmpty() || content.totalSize() <= 0 || content.mediaType().isEmpty()) {
        return askForBytes(question);
      }
      Descriptor descriptor =
          new Descriptor(content.mediaType(), digest.get(), content.totalSize());
      rights.proven(scope, descriptor, content.anonymous());
      return new ManifestAnswer.Described(descriptor);
    }
  }

  private ManifestAnswer otherwise(Question question, UpstreamAnswer answer) {
    if (question.reference() instanceof Reference.ByDigest(Digest digest)) {
      rights.answered(question.scope(), digest, answer);
    }
    return new ManifestAnswer.Otherwise(answer);
  }

  private ManifestAnswer askForBytes(Question question) {
    Scope scope = question.scope();
    UpstreamAnswer answer =
        upstream(scope)
            .getManifest(
                scope.repository(), question.reference(), question.accept(), question.caller());
    if (!(answer instanceof UpstreamAnswer.Found(UpstreamContent content))) {
      return otherwise(question, answer);
    }
    try (content) {
      return verify(question, content, WholeBody.read(content, MAX_MANIFEST_BYTES));
    } catch (IOException e) {
      return broken(scope, question.reference(), "manifest broke off: " + e.getMessage());
    }
  }

  private ManifestAnswer verify(Question question, UpstreamContent content, byte[] bytes) {
    Scope scope = question.scope();
    Optional<Digest> expected =
        question.reference() instanceof Reference.ByDigest(Digest named)
            ? Optional.of(named)
            : content.digest();
    Algorithm algorithm = expected.map(Digest::algorithm).orElse(Algorithm.SHA256);
    Digest actual = Digest.of(algorithm, ByteBuffer.wrap(bytes));
    if (expected.isPresent() && !expected.get().equals(actual)) {
      return broken(
          scope, question.reference(), "manifest has digest " + actual + ", not " + expected.get());
    }
    String type = content.mediaType().isEmpty() ? Answer.JSON : content.mediaType();
    Descriptor descriptor = new Descriptor(type, actual, bytes.length);
    listener.fetched(scope.registry(), Source.UPSTREAM, bytes.length);
    // First, so that whoever finds the bytes finds the right to them as well.
    rights.proven(scope, descriptor, content.anonymous());
    rights.delivered(scope, actual);
    HotManifest manifest = hot.put(actual, Content.of(bytes));
    storeMeanwhile(scope, actual, bytes);
    return new ManifestAnswer.Fetched(descriptor, manifest, Source.UPSTREAM);
  }

  private void storeMeanwhile(Scope scope, Digest digest, byte[] bytes) {
    try {
      executor.execute(() -> store(scope, digest, bytes));
    } catch (RejectedExecutionException e) {
      // Shutting down: the next start fetches it again.
      listener.trouble("manifest_not_stored", scope, digest, String.valueOf(e));
    }
  }

  private void store(Scope scope, Digest digest, byte[] bytes) {
    try {
      store.put(digest, ByteBuffer.wrap(bytes));
    } catch (IOException e) {
      listener.trouble("manifest_not_stored", scope, digest, String.valueOf(e));
    }
  }

  private ManifestAnswer broken(Scope scope, Reference reference, String why) {
    listener.trouble("manifest_refused", scope, reference, why);
    return new ManifestAnswer.Otherwise(
        new UpstreamAnswer.Failed(UpstreamAnswer.Reason.PROTOCOL, why));
  }
}
