package dev.tarn.server.mirror;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.server.upstream.Caller;
import dev.tarn.server.upstream.UpstreamAnswer.TooMany;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How much clients may have asked of registries, so that none of them provokes a registry's own
 * limit for all others. What is served from here, or from a transfer that is under way, does not
 * count. Thread-safe, never blocks.
 *
 * <p>All clients come from loopback, so what tells one from another is its credential; who shows
 * none is one client with all who show none. Because whoever likes can make up credentials, all of
 * a registry's clients together have a limit as well.
 */
public final class ClientLimits {
  /** So many clients at once may each ask as much as one may. */
  private static final int CLIENTS_TOGETHER = 4;

  private static final int MAX_CLIENTS = 4_096;

  private final int rate;
  private final int burst;
  private final LongSupplier nanoClock;
  private final Cache<Client, TokenBucket> clients =
      Caffeine.newBuilder().maximumSize(MAX_CLIENTS).executor(Runnable::run).build();
  private final ConcurrentMap<RegistryHost, TokenBucket> together = new ConcurrentHashMap<>();

  private record Client(RegistryHost registry, String key) {}

  /**
   * Limits for each registry.
   *
   * @param rate requests a second for one client, sustained; 0 for no limit
   * @param burst requests at once after it was quiet
   */
  public ClientLimits(int rate, int burst, LongSupplier nanoClock) {
    this.rate = rate;
    this.burst = burst;
    this.nanoClock = nanoClock;
  }

  /** None. */
  public static ClientLimits none() {
    return new ClientLimits(0, 0, () -> 0);
  }

  /** Counts one request that goes upstream; the refusal where it is one too many, else null. */
  @Nullable TooMany take(RegistryHost registry, Caller caller) {
    if (rate == 0) {
      return null;
    }
    long now = nanoClock.getAsLong();
    long wait = clients.get(new Client(registry, caller.key()), _ -> bucket(1, now)).take(now);
    if (wait == 0) {
      wait = together.computeIfAbsent(registry, _ -> bucket(CLIENTS_TOGETHER, now)).take(now);
    }
    return wait == 0 ? null : new TooMany(Duration.ofNanos(wait));
  }

  private TokenBucket bucket(int times, long now) {
    long interval = TimeUnit.SECONDS.toNanos(1) / ((long) rate * times);
    return new TokenBucket(interval, Math.multiplyExact(burst, times), now);
  }
}
