package dev.tarn.server.config;

import static dev.tarn.server.config.InvalidConfigurationException.require;

import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.core.name.Tag;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One registry that is mirrored.
 *
 * @param upstreams where it is fetched from, in the order in which they are tried; where empty,
 *     from its own host, or whom the agent found on the node
 * @param maxAge how long a tag's answer is used without asking upstream again
 * @param immutableTags the tags that never move: each is asked for once
 * @param repositories what is different for some of its repositories; the first that matches counts
 * @param credentials what Tarn itself may show the registry
 * @param shared whether everybody who reaches this node may read what Tarn's own credentials may
 * @param tokenRelay whether clients on this node get their tokens through it
 * @param onUpstreamFailure whether what was known before is served where no upstream can be asked
 */
public record RegistryConfiguration(
    Optional<List<UpstreamConfiguration>> upstreams,
    Duration maxAge,
    List<TagPattern> immutableTags,
    List<RepositoryRule> repositories,
    CredentialsConfiguration credentials,
    boolean shared,
    boolean tokenRelay,
    OutagePolicy onUpstreamFailure) {
  private static final String DOCKER_HUB_URL = "https://registry-1.docker.io";

  public RegistryConfiguration {
    require(
        upstreams.isEmpty() || !upstreams.get().isEmpty(), "upstreams", "at least one is needed");
    require(!maxAge.isNegative(), "maxAge", "must not be negative");
    require(
        credentials.tokenRealms().isEmpty() || credentials.given() || tokenRelay,
        "credentials.tokenRealms",
        "is of no use without dockerConfig or providerConfig, or tokenRelay");
    upstreams = upstreams.map(List::copyOf);
    immutableTags = List.copyOf(immutableTags);
    repositories = List.copyOf(repositories);
  }

  /** A registry that is fetched from its own host and whose tags are always asked for. */
  public static RegistryConfiguration standard() {
    return new RegistryConfiguration(
        Optional.empty(),
        Duration.ZERO,
        List.of(),
        List.of(),
        CredentialsConfiguration.NONE,
        false,
        false,
        OutagePolicy.SERVE);
  }

  /** Where the registry of this name is fetched from, as far as the configuration goes. */
  public List<UpstreamConfiguration> upstreamsOf(RegistryHost host) {
    return upstreams.orElseGet(() -> defaultUpstreams(host));
  }

  /** How long an answer about a tag of {@code repository} is used without asking upstream again. */
  public Duration maxAgeFor(RepositoryName repository) {
    for (RepositoryRule rule : repositories) {
      if (rule.maxAge().isPresent() && rule.pattern().matches(repository)) {
        return rule.maxAge().get();
      }
    }
    return maxAge;
  }

  /** Whether a tag of {@code repository} is declared never to move. */
  public boolean isImmutable(RepositoryName repository, Tag tag) {
    for (RepositoryRule rule : repositories) {
      if (rule.immutableTags().isPresent() && rule.pattern().matches(repository)) {
        return matchesAny(rule.immutableTags().get(), tag);
      }
    }
    return matchesAny(immutableTags, tag);
  }

  private static boolean matchesAny(List<TagPattern> patterns, Tag tag) {
    for (TagPattern pattern : patterns) {
      if (pattern.matches(tag)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether a registry of this name can be found by it, as one whose last label is a number can't.
   */
  static boolean hasUrl(RegistryHost host) {
    return URI.create("https://" + host.value()).getHost() != null;
  }

  private static List<UpstreamConfiguration> defaultUpstreams(RegistryHost host) {
    String url = host.equals(RegistryHost.DOCKER_HUB) ? DOCKER_HUB_URL : "https://" + host.value();
    return List.of(UpstreamConfiguration.of(url));
  }
}
