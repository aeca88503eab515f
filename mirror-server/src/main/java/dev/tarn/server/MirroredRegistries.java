package dev.tarn.server;

import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.core.name.Tag;
import dev.tarn.server.config.Configuration;
import dev.tarn.server.config.OutagePolicy;
import dev.tarn.server.config.RegistryConfiguration;
import dev.tarn.server.credentials.ConfiguredCredentials;
import dev.tarn.server.mirror.Access;
import dev.tarn.server.mirror.ClientLimits;
import dev.tarn.server.mirror.MirroredRegistry;
import dev.tarn.server.mirror.Registries;
import dev.tarn.server.mirror.TagRules;
import dev.tarn.server.upstream.AllowedTargets;
import dev.tarn.server.upstream.Authorities;
import dev.tarn.server.upstream.Origin;
import dev.tarn.server.upstream.OwnAccess;
import dev.tarn.server.upstream.Reach;
import dev.tarn.server.upstream.RegistryUpstream;
import dev.tarn.server.upstream.UpstreamClient;
import dev.tarn.server.upstream.UpstreamSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The registries of a configuration, with the origins behind them. Pure functions. */
final class MirroredRegistries {
  private MirroredRegistries() {}

  /** How all of them are asked. */
  static UpstreamSettings settings(Configuration.UpstreamClient upstream, String version) {
    return new UpstreamSettings(
        upstream.connectTimeout(),
        upstream.headerTimeout(),
        upstream.stallTimeout(),
        upstream.retries(),
        AllowedTargets.parse(upstream.allowedTargets()),
        upstream.ca(),
        "tarn/" + version);
  }

  /**
   * The registries of a configuration.
   *
   * @param open those whose upstreams the configuration does not give
   */
  record Built(Registries registries, Map<RegistryHost, RegistryUpstream> open) {}

  static Built of(
      Configuration configuration,
      UpstreamClient client,
      Access access,
      ConfiguredCredentials credentials) {
    List<MirroredRegistry> registries = new ArrayList<>();
    Map<RegistryHost, RegistryUpstream> open = new HashMap<>();
    for (Map.Entry<RegistryHost, RegistryConfiguration> entry :
        configuration.registries().entrySet()) {
      RegistryConfiguration registry = entry.getValue();
      List<Origin> origins = origins(entry.getKey(), registry);
      OwnAccess own =
          new OwnAccess(
              credentials.of(entry.getKey(), origins, registry.credentials()),
              Set.copyOf(registry.credentials().tokenRealms()),
              registry.shared());
      RegistryUpstream asked = client.registry(origins, own, access.of(entry.getKey()));
      if (registry.upstreams().isEmpty()) {
        open.put(entry.getKey(), asked);
      }
      registries.add(
          new MirroredRegistry(
              entry.getKey(),
              asked,
              tagRules(registry),
              own.shared(),
              registry.tokenRelay(),
              registry.onUpstreamFailure() == OutagePolicy.REFUSE));
    }
    Configuration.UpstreamClient upstream = configuration.upstream();
    return new Built(
        new Registries(
            registries,
            new ClientLimits(upstream.clientRate(), upstream.clientBurst(), System::nanoTime)),
        open);
  }

  /** Where a registry is fetched from, as far as the configuration goes. */
  static List<Origin> origins(RegistryHost host, RegistryConfiguration registry) {
    return registry.upstreamsOf(host).stream()
        .map(
            upstream ->
                new Origin(
                    upstream.url(), upstream.ca().map(Authorities.InFile::new), Reach.ANYWHERE))
        .toList();
  }

  private static TagRules tagRules(RegistryConfiguration registry) {
    return new TagRules() {
      @Override
      public Duration maxAge(RepositoryName repository) {
        return registry.maxAgeFor(repository);
      }

      @Override
      public boolean isImmutable(RepositoryName repository, Tag tag) {
        return registry.isImmutable(repository, tag);
      }
    };
  }
}
