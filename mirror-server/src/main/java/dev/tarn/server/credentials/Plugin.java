package dev.tarn.server.credentials;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tarn.server.config.CredentialProvider;
import dev.tarn.server.credentials.ProviderResponse.CacheKeyType;
import dev.tarn.server.files.UnusableException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One credential-provider plugin with what it answered. Of those who need an answer that counts for
 * all of them, one has the plugin run and the others wait; until it has said for which images its
 * answers count, that is taken to be a registry's. A run outlives whoever lost patience. A failure
 * is remembered for a while. Thread-safe; blocks the virtual thread that asks.
 */
final class Plugin {
  private static final Logger LOG = LoggerFactory.getLogger(Plugin.class);
  private static final int MAX_ANSWERS = 1024;
  private static final Duration FAILURE_KEPT = Duration.ofSeconds(10);

  /** A pull is many requests: an answer that is not to be kept serves those of a moment. */
  private static final Duration SHORTEST = Duration.ofSeconds(10);

  private static final Duration LONGEST = Duration.ofHours(24);

  private final CredentialProvider provider;
  private final List<ImagePattern> matchImages;
  private final PluginProcess process;
  private final InstantSource clock;
  private final Executor executor;
  private final Cache<Key, Answer> answers = Caffeine.newBuilder().maximumSize(MAX_ANSWERS).build();
  private final ConcurrentHashMap<Key, CompletableFuture<Void>> runs = new ConcurrentHashMap<>();
  private volatile CacheKeyType lastType = CacheKeyType.REGISTRY;

  private record Key(CacheKeyType type, String of) {}

  private record Answer(Keyring keyring, Instant until) {}

  Plugin(
      CredentialProvider provider, PluginProcess process, InstantSource clock, Executor executor) {
    this.provider = provider;
    this.matchImages =
        provider.matchImages().stream().flatMap(text -> ImagePattern.parse(text).stream()).toList();
    this.process = process;
    this.clock = clock;
    this.executor = executor;
  }

  boolean isFor(ImageName image) {
    return matchImages.stream().anyMatch(pattern -> pattern.matches(image));
  }

  /** What the plugin has for the image; nothing where it fails or is too slow. */
  Keyring ask(ImageName image, Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    while (true) {
      Keyring kept = kept(image);
      if (kept != null) {
        return kept;
      }
      Key key = key(lastType, image);
      CompletableFuture<Void> mine = new CompletableFuture<>();
      CompletableFuture<Void> other = runs.putIfAbsent(key, mine);
      if (other == null) {
        start(key, image, mine);
      }
      // Each run leaves an answer, but perhaps for other images than this one only.
      if (!ended(other == null ? mine : other, end)) {
        return Keyring.EMPTY;
      }
    }
  }

  private @Nullable Keyring kept(ImageName image) {
    Instant now = clock.instant();
    for (CacheKeyType type : CacheKeyType.values()) {
      Answer answer = answers.getIfPresent(key(type, image));
      if (answer != null && now.isBefore(answer.until())) {
        return answer.keyring();
      }
    }
    return null;
  }

  private static Key key(CacheKeyType type, ImageName image) {
    return new Key(type, type.of(image));
  }

  private static boolean ended(CompletableFuture<Void> run, long end) {
    try {
      run.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException _) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("runs complete with a value", e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void start(Key key, ImageName image, CompletableFuture<Void> run) {
    try {
      executor.execute(() -> run(key, image, run));
    } catch (RejectedExecutionException _) {
      failed(key, "shutting down");
      end(key, run);
    }
  }

  private void run(Key key, ImageName image, CompletableFuture<Void> run) {
    try {
      // Whoever was before may have ended between the look and the start of this.
      if (kept(image) == null) {
        ProviderResponse response =
            ProviderResponse.parse(process.run(provider, image), provider.apiVersion());
        lastType = response.cacheKeyType();
        keep(key(lastType, image), response.keyring(), lifetime(response));
      }
    } catch (UnusableException e) {
      failed(key, e.why());
    } catch (RuntimeException e) {
      // Whoever waits looks for an answer; the message could quote anything.
      failed(key, "unexpected " + e.getClass().getSimpleName());
    } finally {
      end(key, run);
    }
  }

  private void end(Key key, CompletableFuture<Void> run) {
    runs.remove(key, run);
    run.complete(null);
  }

  private Duration lifetime(ProviderResponse response) {
    Duration said = response.cacheDuration().orElse(provider.defaultCacheDuration());
    if (said.compareTo(SHORTEST) < 0) {
      return SHORTEST;
    }
    return said.compareTo(LONGEST) > 0 ? LONGEST : said;
  }

  private void failed(Key key, String why) {
    keep(key, Keyring.EMPTY, FAILURE_KEPT);
    LOG.atWarn()
        .addKeyValue("plugin", provider.name())
        .addKeyValue("why", why)
        .log("credential_plugin_failed");
  }

  private void keep(Key key, Keyring keyring, Duration time) {
    answers.put(key, new Answer(keyring, clock.instant().plus(time)));
  }

  @Override
  public String toString() {
    return provider.name();
  }
}
