package dev.tarn.server.agent;

import dev.tarn.core.name.RegistryHost;
import dev.tarn.server.files.WatchedFile;
import dev.tarn.server.upstream.Origin;
import dev.tarn.server.upstream.Reach;
import dev.tarn.server.upstream.RegistryUpstream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has registries follow the upstreams that the agent found in the node's {@code hosts.toml}, for as
 * long as it says so. Thread-safe; blocks for as long as the disk takes.
 */
public final class FoundUpstreams {
  private static final Logger LOG = LoggerFactory.getLogger(FoundUpstreams.class);

  private final Map<RegistryHost, RegistryUpstream> open;
  private final BiConsumer<RegistryHost, List<Origin>> listener;
  private final FileLog log = new FileLog("agent_upstreams");
  private final WatchedFile<UpstreamsFile> file;
  private final ReentrantLock looking = new ReentrantLock();
  private final Map<RegistryHost, List<Origin>> followed = new HashMap<>();
  private volatile int count;
  private volatile Map<RegistryHost, String> leftOut = Map.of();
  private volatile Set<String> strangers = Set.of();

  /**
   * Those that a directory names.
   *
   * @param served all registries, which the file may name
   * @param open those of them whose upstreams Tarn's own configuration leaves open
   * @param listener hears whom a registry asks from now on; of none, where it is as configured
   */
  public FoundUpstreams(
      Path directory,
      Set<RegistryHost> served,
      Map<RegistryHost, RegistryUpstream> open,
      Reach reach,
      LongSupplier nanoClock,
      BiConsumer<RegistryHost, List<Origin>> listener) {
    this.open = Map.copyOf(open);
    this.listener = listener;
    Set<RegistryHost> known = Set.copyOf(served);
    this.file =
        new WatchedFile<>(
            directory.resolve("upstreams.json"),
            bytes -> UpstreamsFile.parse(bytes, known, reach),
            UpstreamsFile.NONE,
            WatchedFile.Missing.RESETS,
            nanoClock,
            log);
  }

  /** Looks whether the file changed, and has registries follow it. */
  public void look() {
    looking.lock();
    try {
      UpstreamsFile found = file.current();
      Map<RegistryHost, List<Origin>> chains = found.chains();
      open.forEach(
          (registry, upstream) -> {
            List<Origin> chain = chains.getOrDefault(registry, List.of());
            if (!chain.equals(followed.getOrDefault(registry, List.of()))) {
              upstream.follow(chain);
              followed.put(registry, chain);
              listener.accept(registry, chain);
              LOG.atInfo()
                  .addKeyValue("registry", registry)
                  .addKeyValue("upstreams", chain.stream().map(Origin::hostAndPort).toList())
                  .log("upstreams_changed");
            }
          });
      followed.values().removeIf(List::isEmpty);
      count = followed.size();
      leaveOut(found);
    } finally {
      looking.unlock();
    }
  }

  private void leaveOut(UpstreamsFile found) {
    Map<RegistryHost, String> left = new HashMap<>(found.leftOut());
    left.keySet().retainAll(open.keySet()); // Of others nothing counts anyway.
    left.forEach(
        (registry, why) -> {
          if (!why.equals(leftOut.get(registry))) {
            LOG.atWarn()
                .addKeyValue("registry", registry)
                .addKeyValue("why", why)
                .log("agent_upstreams_left_out");
          }
        });
    if (!found.strangers().isEmpty() && !found.strangers().equals(strangers)) {
      LOG.atWarn()
          .addKeyValue("registries", found.strangers())
          .addKeyValue("why", "they are not served here")
          .log("agent_upstreams_left_out");
    }
    leftOut = Map.copyOf(left);
    strangers = found.strangers();
  }

  /** Whether what is said of the registry cannot be followed. */
  public boolean leavesOut(RegistryHost registry) {
    return leftOut.containsKey(registry);
  }

  /** Whether registries are named that are not served. */
  public boolean hasStrangers() {
    return !strangers.isEmpty();
  }

  /** How many registries ask others than configured. */
  public int count() {
    return count;
  }

  /** How often the file made no sense. */
  public long failures() {
    return log.failures();
  }
}
