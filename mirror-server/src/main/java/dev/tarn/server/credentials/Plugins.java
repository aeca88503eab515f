package dev.tarn.server.credentials;

import dev.tarn.server.config.CredentialProviders;
import dev.tarn.server.config.CredentialProvidersLoader;
import dev.tarn.server.config.InvalidConfigurationException;
import dev.tarn.server.files.UnusableException;
import dev.tarn.server.files.WatchedFile;
import dev.tarn.server.upstream.Credential;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * The plugins that a kubelet's {@code CredentialProviderConfig} names. Those that match an image
 * are all asked, and what fits it best of all answers counts; of equals, the plugin that is named
 * first. Another version of the file is other plugins, which have answered nothing yet.
 */
final class Plugins {
  private final WatchedFile<Loaded> file;
  private final PluginProcess process;
  private final InstantSource clock;
  private final Executor executor;

  /** Prints their names, for the log. */
  private record Loaded(List<Plugin> plugins) {
    @Override
    public String toString() {
      return "plugins " + plugins;
    }
  }

  Plugins(
      Path config,
      PluginProcess process,
      InstantSource clock,
      LongSupplier nanoClock,
      Executor executor) {
    this.process = process;
    this.clock = clock;
    this.executor = executor;
    this.file =
        new WatchedFile<>(
            config,
            this::parse,
            new Loaded(List.of()),
            WatchedFile.Missing.KEEPS,
            nanoClock,
            new FileLog());
  }

  private Loaded parse(byte[] bytes) throws UnusableException {
    CredentialProviders providers;
    try {
      providers = CredentialProvidersLoader.parse(new String(bytes, StandardCharsets.UTF_8));
    } catch (InvalidConfigurationException e) {
      throw new UnusableException(
          String.join("; ", e.problems().stream().map(Object::toString).toList()));
    }
    return new Loaded(
        providers.providers().stream()
            .map(provider -> new Plugin(provider, process, clock, executor))
            .toList());
  }

  void load() {
    var _ = file.current();
  }

  Optional<Credential> find(ImageName image, Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    List<Keyring> answers = new ArrayList<>();
    for (Plugin plugin : file.current().plugins()) {
      if (plugin.isFor(image)) {
        Duration left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
        answers.add(plugin.ask(image, left));
      }
    }
    return answers.isEmpty() ? Optional.empty() : Keyring.union(answers).find(image);
  }
}
