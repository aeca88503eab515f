package dev.tarn.server.mirror;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.Tag;
import dev.tarn.core.tag.TagName;
import dev.tarn.server.peer.runtime.PeerRuntime;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The nodes that know of registries what tags name: they are told of tags that are pulled here, and
 * asked about others in an outage. Thread-safe.
 */
final class TagWitnesses {
  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final Duration TOLD_AGAIN = Duration.ofHours(6);
  private static final long MAX_TOLD = 10_000;

  private final @Nullable PeerFetches peers;
  private final Registries registries;
  private final Rights rights;
  private final Cache<TagName, Digest> told =
      Caffeine.newBuilder()
          .maximumSize(MAX_TOLD)
          .expireAfterWrite(TOLD_AGAIN)
          .executor(Runnable::run)
          .build();

  /**
   * @param peers null where this node is alone
   */
  TagWitnesses(@Nullable PeerFetches peers, Registries registries, Rights rights) {
    this.peers = peers;
    this.registries = registries;
    this.rights = rights;
  }

  /** Upstream has just said what the tag names. Does not block. */
  void tell(Scope scope, Tag tag, Digest digest) {
    PeerRuntime runtime = peers == null ? null : peers.runtime();
    TagName name = new TagName(scope.registry(), scope.repository(), tag);
    if (runtime == null
        || !rights.isOpen(scope, digest)
        || Objects.equals(digest, told.getIfPresent(name))) {
      return;
    }
    told.put(name, digest);
    runtime.tellTag(name, digest);
  }

  /** What most of them say that the tag names, or null; only while upstream cannot be asked. */
  @Nullable Digest ask(Scope scope, Tag tag) throws InterruptedException {
    PeerRuntime runtime = peers == null || !peers.takesWord() ? null : peers.runtime();
    if (runtime == null || registries.refusesInOutage(scope)) {
      return null;
    }
    try {
      Optional<Digest> said =
          runtime
              .askTag(new TagName(scope.registry(), scope.repository(), tag))
              .get(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
      return said.orElse(null);
    } catch (TimeoutException e) {
      return null;
    } catch (ExecutionException e) {
      throw new IllegalStateException("nobody fails it", e);
    }
  }
}
