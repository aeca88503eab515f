package dev.tarn.server.mirror;

import dev.tarn.core.name.RegistryHost;
import dev.tarn.server.upstream.Caller;
import dev.tarn.server.upstream.Upstream;
import dev.tarn.server.upstream.UpstreamAnswer;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The registries that are served; no other is ever dialled. Immutable. */
public final class Registries {
  private final Map<RegistryHost, MirroredRegistry> byName;
  private final Map<String, Optional<RegistryHost>> byText;
  private final Map<RegistryHost, Upstream> metered;
  private final ClientLimits limits;

  /** Registries of which clients may ask as much as they like. */
  public Registries(Collection<MirroredRegistry> registries) {
    this(registries, ClientLimits.none());
  }

  /**
   * Registries.
   *
   * @param limits how much clients may have asked of them
   */
  public Registries(Collection<MirroredRegistry> registries, ClientLimits limits) {
    this.limits = limits;
    if (registries.stream().anyMatch(registry -> registry.name().equals(RegistryHost.CANARY))) {
      throw new IllegalArgumentException(RegistryHost.CANARY + " is never served");
    }
    this.byName =
        registries.stream()
            .collect(Collectors.toUnmodifiableMap(MirroredRegistry::name, registry -> registry));
    this.byText =
        byName.keySet().stream()
            .collect(Collectors.toUnmodifiableMap(RegistryHost::value, Optional::of));
    this.metered =
        registries.stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    MirroredRegistry::name,
                    registry -> new MeteredUpstream(registry.name(), registry.upstream(), limits)));
  }

  /** The registry of this name, in whatever spelling, if it is served. */
  public Optional<RegistryHost> find(String name) {
    // The canonical spelling, which clients use, needs no parsing.
    Optional<RegistryHost> canonical = byText.get(name);
    return canonical != null ? canonical : RegistryHost.parse(name).filter(byName::containsKey);
  }

  /** Where a request of a client's is sent, which counts towards that client's limit. */
  Upstream upstream(Scope scope) {
    return found(scope, metered);
  }

  /** Where a transfer asks, which counts once, as it begins; see {@link #tooMany}. */
  Upstream upstreamOfTransfers(Scope scope) {
    return get(scope).upstream();
  }

  /** Counts a transfer that begins; the refusal where it is one too many, else null. */
  UpstreamAnswer.@Nullable TooMany tooMany(Scope scope, Caller caller) {
    return limits.take(scope.registry(), caller);
  }

  /** Whether nothing is served on what was known before where the registry cannot be asked. */
  boolean refusesInOutage(Scope scope) {
    return get(scope).refusesInOutage();
  }

  boolean shared(Scope scope) {
    return get(scope).shared();
  }

  boolean relaysTokens(Scope scope) {
    MirroredRegistry registry = byName.get(scope.registry());
    return registry != null && registry.tokenRelay();
  }

  /** Whether clients of any registry get their tokens through this node. */
  public boolean relayTokens() {
    return byName.values().stream().anyMatch(MirroredRegistry::tokenRelay);
  }

  TagRules tags(Scope scope) {
    return get(scope).tags();
  }

  private MirroredRegistry get(Scope scope) {
    return found(scope, byName);
  }

  private static <T> T found(Scope scope, Map<RegistryHost, T> registries) {
    @Nullable T registry = registries.get(scope.registry());
    if (registry == null) {
      throw new IllegalStateException("a request for a registry that is not served: " + scope);
    }
    return registry;
  }
}
