package dev.tarn.server.mirror;

import dev.tarn.core.name.RegistryHost;
import dev.tarn.server.upstream.Upstream;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The registries that are served; no other is ever dialled. Immutable. */
public final class Registries {
  private final Map<RegistryHost, MirroredRegistry> byName;
  private final Map<String, Optional<RegistryHost>> byText;

  public Registries(Collection<MirroredRegistry> registries) {
    this.byName =
        registries.stream()
            .collect(Collectors.toUnmodifiableMap(MirroredRegistry::name, registry -> registry));
    this.byText =
        byName.keySet().stream()
            .collect(Collectors.toUnmodifiableMap(RegistryHost::value, Optional::of));
  }

  /** The registry of this name, in whatever spelling, if it is served. */
  public Optional<RegistryHost> find(String name) {
    // The canonical spelling, which clients use, needs no parsing.
    Optional<RegistryHost> canonical = byText.get(name);
    return canonical != null ? canonical : RegistryHost.parse(name).filter(byName::containsKey);
  }

  Upstream upstream(Scope scope) {
    return get(scope).upstream();
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
    @Nullable MirroredRegistry registry = byName.get(scope.registry());
    if (registry == null) {
      throw new IllegalStateException("a request for a registry that is not served: " + scope);
    }
    return registry;
  }
}
