package dev.tarn.server.config;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.name.RegistryHost;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ConfigurationDefaultsTest {
  private final Configuration defaults = Configuration.defaults();

  @Test
  void registryEndpointIsOnLoopbackWithBoundedTimes() {
    assertThat(defaults.registry())
        .isEqualTo(
            new Configuration.RegistryEndpoint(
                new ListenAddress("127.0.0.1", 5050),
                1024,
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                Duration.ofSeconds(60)));
  }

  @Test
  void adminEndpointIsOnEveryAddressAndNobodyMayHaveItAct() {
    assertThat(defaults.admin())
        .isEqualTo(
            new Configuration.AdminEndpoint(new ListenAddress("0.0.0.0", 5052), Optional.empty()));
  }

  @Test
  void storeKeepsAFifthOfTheFileSystemFree() {
    assertThat(defaults.store())
        .isEqualTo(
            new Configuration.Store(
                Path.of("/var/lib/tarn"),
                OptionalLong.empty(),
                new Percent(20),
                new Percent(16),
                20L * 1024 * 1024 * 1024,
                Duration.ofHours(24)));
  }

  @Test
  void containerdsStoreIsLeftAlone() {
    assertThat(defaults.containerd()).isEqualTo(new Configuration.Containerd(Optional.empty()));
  }

  @Test
  void upstreamClientHasTimeoutsAndFewRetries() {
    assertThat(defaults.upstream())
        .isEqualTo(
            new Configuration.UpstreamClient(
                Duration.ofSeconds(3),
                Duration.ofSeconds(30),
                Duration.ofSeconds(10),
                3,
                50,
                500,
                List.of(),
                Optional.empty()));
  }

  @Test
  void aNodeIsAloneUntilItIsToldWhereTheOthersAre() {
    assertThat(defaults.peers())
        .isEqualTo(
            new PeersConfiguration(
                PeerMode.NONE,
                new ListenAddress("0.0.0.0", 5051),
                "",
                "",
                List.of(),
                "",
                Duration.ofSeconds(30),
                "",
                "tarn",
                Path.of("/var/run/secrets/kubernetes.io/serviceaccount"),
                Optional.empty(),
                Optional.empty(),
                false,
                new PeersConfiguration.Limits(64, 0, 0),
                true));
  }

  @Test
  void thereIsNoAgent() {
    assertThat(defaults.agent()).isEqualTo(new Configuration.Agent(Optional.empty()));
  }

  @Test
  void shutdownWaitsFiveSecondsForTheAgentAndDrainsForTwenty() {
    assertThat(defaults.shutdown())
        .isEqualTo(new Configuration.Shutdown(Duration.ofSeconds(5), Duration.ofSeconds(20)));
  }

  @Test
  void aRegistrysWordIsBelievedForFiveMinutesAndInAnOutageForADay() {
    assertThat(defaults.access())
        .isEqualTo(new Configuration.Access(Duration.ofMinutes(5), Duration.ofHours(24)));
  }

  @Test
  void loggingIsTextAtInfo() {
    assertThat(defaults.logging())
        .isEqualTo(new Configuration.Logging(LogLevel.INFO, LogFormat.TEXT));
  }

  @Test
  void sevenPublicRegistriesAreServedFromTheirOwnHosts() {
    assertThat(defaults.registries().keySet())
        .extracting(RegistryHost::value)
        .containsExactly(
            "docker.io",
            "ghcr.io",
            "quay.io",
            "registry.k8s.io",
            "gcr.io",
            "mcr.microsoft.com",
            "public.ecr.aws");
    assertThat(upstreamOf("docker.io")).isEqualTo("https://registry-1.docker.io");
    assertThat(upstreamOf("ghcr.io")).isEqualTo("https://ghcr.io");
    assertThat(defaults.registries().values())
        .allSatisfy(
            registry -> {
              assertThat(registry.maxAge()).isZero();
              assertThat(registry.immutableTags()).isEmpty();
              assertThat(registry.repositories()).isEmpty();
              assertThat(registry.credentials()).isEqualTo(CredentialsConfiguration.NONE);
              assertThat(registry.shared()).isFalse();
              assertThat(registry.onUpstreamFailure()).isEqualTo(OutagePolicy.SERVE);
            });
  }

  @Test
  void nothingGivenMeansTheDefaults() {
    assertThat(ConfigurationLoader.parse("", Map.of())).isEqualTo(defaults);
    assertThat(ConfigurationLoader.parse("# nothing\n", Map.of())).isEqualTo(defaults);
    assertThat(ConfigurationLoader.parse("store:\n", Map.of())).isEqualTo(defaults);
    assertThat(ConfigurationLoader.withoutFile(Map.of())).isEqualTo(defaults);
  }

  private String upstreamOf(String registry) {
    RegistryConfiguration configured =
        requireNonNull(defaults.registries().get(new RegistryHost(registry)));
    assertThat(configured.upstreams()).isEmpty();
    List<UpstreamConfiguration> upstreams = configured.upstreamsOf(new RegistryHost(registry));
    assertThat(upstreams).hasSize(1);
    assertThat(upstreams.getFirst().ca()).isEmpty();
    return upstreams.getFirst().url().toString();
  }
}
