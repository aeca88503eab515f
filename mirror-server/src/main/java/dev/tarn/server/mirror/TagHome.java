package dev.tarn.server.mirror;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.tag.TagName;
import dev.tarn.core.tag.TagRecord;
import dev.tarn.server.peer.runtime.TagDesk;
import dev.tarn.server.upstream.Caller;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * This node as a home of tags: what it knows of them it has from the registry itself. What it is
 * told is a hint to ask there, by one HEAD, with no client's credential. Thread-safe.
 */
final class TagHome implements TagDesk {
  private static final Duration ASKED_AGAIN = Duration.ofHours(6);
  private static final long MAX_ASKED = 10_000;
  private static final int MAX_WAITING = 1_000;
  private static final long INTERVAL_NANOS = Duration.ofMillis(500).toNanos();
  private static final int BURST = 200;

  private final Registries registries;
  private final KnownTags tags;
  private final ManifestFetcher fetcher;
  private final Executor executor;
  private final LongSupplier nanoClock;
  private final AtomicInteger waiting = new AtomicInteger();
  private final ConcurrentMap<RegistryHost, TokenBucket> rates = new ConcurrentHashMap<>();
  private final Cache<TagName, Digest> asked =
      Caffeine.newBuilder()
          .maximumSize(MAX_ASKED)
          .expireAfterWrite(ASKED_AGAIN)
          .executor(Runnable::run)
          .build();

  TagHome(
      Registries registries,
      KnownTags tags,
      ManifestFetcher fetcher,
      Executor executor,
      LongSupplier nanoClock) {
    this.registries = registries;
    this.tags = tags;
    this.fetcher = fetcher;
    this.executor = executor;
    this.nanoClock = nanoClock;
  }

  @Override
  public Optional<Digest> known(TagName name) {
    return isServed(name)
        ? Optional.ofNullable(tags.last(scope(name), name.tag()))
            .filter(TagRecord::full)
            .map(TagRecord::digest)
        : Optional.empty();
  }

  private boolean isServed(TagName name) {
    return registries.find(name.registry().value()).isPresent();
  }

  private static Scope scope(TagName name) {
    return new Scope(name.registry(), name.repository());
  }

  @Override
  public void told(TagName name, Digest digest) {
    if (!isServed(name) || Objects.equals(digest, asked.getIfPresent(name)) || !mayAsk(name)) {
      return;
    }
    asked.put(name, digest);
    if (waiting.incrementAndGet() > MAX_WAITING) {
      waiting.decrementAndGet();
      asked.invalidate(name);
      return;
    }
    try {
      executor.execute(() -> ask(name));
    } catch (RejectedExecutionException e) {
      waiting.decrementAndGet(); // The node is closing.
    }
  }

  private boolean mayAsk(TagName name) {
    long now = nanoClock.getAsLong();
    return rates
            .computeIfAbsent(
                name.registry(), registry -> new TokenBucket(INTERVAL_NANOS, BURST, now))
            .take(now)
        == 0;
  }

  private void ask(TagName name) {
    try {
      Scope scope = scope(name);
      long now = tags.now();
      switch (fetcher.describe(scope, name.tag(), KnownTags.TAKES_LISTS, Caller.anonymous(), now)) {
        case ManifestAnswer.Described(Descriptor named) ->
            tags.remember(scope, KnownTags.TAKES_LISTS, name.tag(), named, now);
        case ManifestAnswer.Fetched fetched ->
            tags.remember(scope, KnownTags.TAKES_LISTS, name.tag(), fetched.descriptor(), now);
        case ManifestAnswer.Otherwise(var answer) -> {
          if (Rights.standing(answer) != null) {
            asked.invalidate(name); // The next who is told so may make this node ask again.
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      waiting.decrementAndGet();
    }
  }
}
