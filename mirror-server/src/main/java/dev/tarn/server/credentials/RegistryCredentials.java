package dev.tarn.server.credentials;

import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.server.files.WatchedFile;
import dev.tarn.server.upstream.Credential;
import dev.tarn.server.upstream.CredentialSource;
import dev.tarn.server.upstream.Origin;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The credentials for the origins of one registry. An origin gets what is configured for its own
 * host; what is configured for the registry's name is for the registry itself alone: for the origin
 * at the host of that name, or the last of the chain where none is there.
 */
final class RegistryCredentials implements CredentialSource {
  private final RegistryHost registry;
  private final Origin home;
  private final @Nullable WatchedFile<Keyring> dockerConfig;
  private final @Nullable Plugins plugins;

  /**
   * @param origins the registry's, in their order; at least one
   */
  RegistryCredentials(
      RegistryHost registry,
      List<Origin> origins,
      @Nullable WatchedFile<Keyring> dockerConfig,
      @Nullable Plugins plugins) {
    this.registry = registry;
    this.home =
        origins.stream()
            .filter(origin -> name(origin).equals(registry.value()))
            .findFirst()
            .orElse(origins.getLast());
    this.dockerConfig = dockerConfig;
    this.plugins = plugins;
  }

  /** The name that references would have for an origin: Docker Hub has several hosts. */
  private static String name(Origin origin) {
    return RegistryHost.parse(origin.authority())
        .map(RegistryHost::value)
        .orElse(origin.authority());
  }

  @Override
  public Optional<Credential> find(Origin origin, RepositoryName repository, Duration patience) {
    Set<ImageName> names = new LinkedHashSet<>();
    names.add(new ImageName(name(origin), origin.namespace() + repository));
    if (origin.equals(home)) {
      names.add(new ImageName(registry.value(), repository.value()));
    }
    long end = System.nanoTime() + patience.toNanos();
    if (dockerConfig != null) {
      Keyring keyring = dockerConfig.current();
      for (ImageName name : names) {
        Optional<Credential> found = keyring.find(name);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    if (plugins != null) {
      for (ImageName name : names) {
        Duration left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
        Optional<Credential> found = plugins.find(name, left);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }
}
