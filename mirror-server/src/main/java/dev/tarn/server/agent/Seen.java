package dev.tarn.server.agent;

import dev.tarn.core.name.RegistryHost;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Which registries a containerd asked this node for since it started, which proves that the node's
 * configuration is in effect. Thread-safe; noting a request neither blocks nor allocates.
 */
public final class Seen {
  private static final String CONTAINERD = "containerd/";
  private static final int MAX_USER_AGENT = 128;

  private final Map<RegistryHost, Visits> registries = new HashMap<>();

  /** All there can be, made at the start: the map never changes again. */
  public Seen(Collection<RegistryHost> configured) {
    configured.forEach(registry -> registries.put(registry, new Visits()));
  }

  private static final class Visits {
    final LongAdder count = new LongAdder();
    volatile long lastNanos;
    volatile String userAgent = "";

    void note(String asking, long nowNanos) {
      lastNanos = nowNanos;
      // Almost always the same one: a look at what all loops share is cheaper than a write to it.
      if (!asking.equals(userAgent)) {
        userAgent = asking.substring(0, Math.min(asking.length(), MAX_USER_AGENT));
      }
      count.increment();
    }
  }

  /** A request named the registry, which is configured. For event loops. */
  public void note(RegistryHost registry, @Nullable String userAgent, long nowNanos) {
    if (userAgent != null && userAgent.startsWith(CONTAINERD)) {
      Visits visits = registries.get(registry);
      if (visits != null) {
        visits.note(userAgent, nowNanos);
      }
    }
  }

  /** The lines {@code seen REGISTRY COUNT SECONDS USER-AGENT}, by name. */
  String lines(long nowNanos) {
    Map<String, String> lines = new TreeMap<>();
    registries.forEach(
        (registry, visits) -> {
          long count = visits.count.sum();
          if (count > 0) {
            long ago = TimeUnit.NANOSECONDS.toSeconds(Math.max(0, nowNanos - visits.lastNanos));
            String who = visits.userAgent.replaceAll("[^ -~]", "?");
            lines.put(
                registry.value(), "seen " + registry + " " + count + " " + ago + " " + who + "\n");
          }
        });
    return String.join("", lines.values());
  }
}
