package dev.tarn.server.credentials;

import dev.tarn.core.name.RegistryHost;
import dev.tarn.server.config.CredentialsConfiguration;
import dev.tarn.server.files.WatchedFile;
import dev.tarn.server.upstream.CredentialSource;
import dev.tarn.server.upstream.Origin;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * All that is configured, for all registries: registries that name the same file share it, and the
 * answers of its plugins. Put together on one thread; what it gives away is thread-safe.
 */
public final class ConfiguredCredentials {
  /** Half of what an upstream may take by default: a plugin asks a service of its own. */
  private static final Duration PLUGIN_LIMIT = Duration.ofSeconds(15);

  private final InstantSource clock;
  private final LongSupplier nanoClock;
  private final Executor executor;
  private final Duration pluginLimit;
  private final Map<Path, WatchedFile<Keyring>> dockerConfigs = new HashMap<>();
  private final Map<PluginFiles, Plugins> plugins = new HashMap<>();

  private record PluginFiles(Path config, Path binDir) {}

  /**
   * @param executor where plugins are run and waited for
   */
  public ConfiguredCredentials(InstantSource clock, LongSupplier nanoClock, Executor executor) {
    this(clock, nanoClock, executor, PLUGIN_LIMIT);
  }

  ConfiguredCredentials(
      InstantSource clock, LongSupplier nanoClock, Executor executor, Duration pluginLimit) {
    this.clock = clock;
    this.nanoClock = nanoClock;
    this.executor = executor;
    this.pluginLimit = pluginLimit;
  }

  /**
   * The credentials for a registry. Reads nothing yet.
   *
   * @param origins in the order in which they are asked; at least one
   */
  public CredentialSource of(
      RegistryHost registry, List<Origin> origins, CredentialsConfiguration configuration) {
    if (!configuration.given()) {
      return CredentialSource.NONE;
    }
    return new RegistryCredentials(
        registry,
        origins,
        configuration.dockerConfig().map(this::dockerConfig).orElse(null),
        configuration
            .providerConfig()
            .flatMap(config -> configuration.providerBinDir().map(bin -> plugins(config, bin)))
            .orElse(null));
  }

  private WatchedFile<Keyring> dockerConfig(Path file) {
    return dockerConfigs.computeIfAbsent(
        file,
        path ->
            new WatchedFile<>(
                path,
                DockerConfig::parse,
                Keyring.EMPTY,
                WatchedFile.Missing.KEEPS,
                nanoClock,
                new FileLog()));
  }

  private Plugins plugins(Path config, Path binDir) {
    return plugins.computeIfAbsent(
        new PluginFiles(config, binDir),
        files ->
            new Plugins(
                files.config(),
                new PluginProcess(files.binDir(), pluginLimit),
                clock,
                nanoClock,
                executor));
  }

  /** Reads every file, so that the log says at start what is wrong with one. */
  public void load() {
    dockerConfigs.values().forEach(WatchedFile::current);
    plugins.values().forEach(Plugins::load);
  }
}
