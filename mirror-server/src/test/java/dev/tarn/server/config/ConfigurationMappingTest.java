package dev.tarn.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.core.name.Tag;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationMappingTest {
  /** No value is its default, so that a key that maps to nothing, or to another, is seen. */
  static final String EVERY_KEY =
      """
      registry:
        listen: 127.0.0.2:6050
        maxConnections: 7
        headerTimeout: 6s
        stallTimeout: 11s
        idleTimeout: 61s
      admin:
        listen: "[::1]:6052"
        tokenFile: /etc/tarn/admin-token
      store:
        path: /srv/tarn
        maxSize: 100GiB
        minFree: 21.5%
        reserveFree: 17%
        partialMaxSize: 512MiB
        partialTtl: 10m
      containerd:
        contentStore: /srv/content/blobs
      agent:
        directory: /run/tarn
      upstream:
        connectTimeout: 500ms
        headerTimeout: 31s
        stallTimeout: 12s
        retries: 4
        clientRate: 5
        clientBurst: 55
        allowedTargets: [10.0.0.0/8, cdn.internal]
        ca: /etc/tarn/ca.pem
      peers:
        mode: kubernetes
        listen: 10.0.0.1:6051
        node: node-1
        zone: zone-a
        members: ["node-1=10.0.0.1:6051", "zone-b/node-2=[fd00::2]:6051", "10.0.0.3:6051"]
        dnsName: tarn.internal
        dnsPeriod: 31s
        namespace: mirrors
        service: tarn-peers
        serviceAccount: /etc/tarn/account
        apiServer: https://10.0.0.9:6443
        tls:
          certificate: /tls/tls.crt
          key: /tls/tls.key
          ca: /tls/ca.crt
        maxUploads: 9
        uploadBandwidth: 100MiB
        downloadBandwidth: 200MiB
        wordInOutage: false
      access:
        decisionTime: 2m
        graceTime: 3h
      shutdown:
        agentTimeout: 7s
        drainTimeout: 1h
      logging:
        level: debug
        format: json
      registries:
        docker.io: {}
        localhost:5000:
          upstreams:
            - url: http://127.0.0.1:5000
            - url: https://second.example:8443/prefix/
              ca: /etc/tarn/ca.pem
          maxAge: 30s
          immutableTags: ["v*.*.*", release-*]
          repositories:
            - pattern: "library/*"
              maxAge: 60s
            - pattern: "team/**"
              immutableTags: ["*"]
            - pattern: "**"
              maxAge: 0s
              immutableTags: []
          credentials:
            dockerConfig: /etc/tarn/credentials/.dockerconfigjson
            providerConfig: /etc/tarn/providers.yaml
            providerBinDir: /opt/tarn/plugins
            tokenRealms: [sso.other.example, "fd00::1"]
          shared: true
          tokenRelay: true
          onUpstreamFailure: refuse
      """;

  @Test
  void everyKeyMapsToItsOwnValue() {
    assertThat(ConfigurationLoader.parse(EVERY_KEY, Map.of())).isEqualTo(everyKey());
  }

  @Test
  void whatIsPrintedLoadsAsTheSameConfiguration() {
    String printed = ConfigurationPrinter.toYaml(everyKey());
    assertThat(ConfigurationLoader.parse(printed, Map.of())).isEqualTo(everyKey());

    String defaults = ConfigurationPrinter.toYaml(Configuration.defaults());
    assertThat(ConfigurationLoader.parse(defaults, Map.of())).isEqualTo(Configuration.defaults());
  }

  @ParameterizedTest
  @CsvSource({
    "TARN_REGISTRY_LISTEN, 127.0.0.2:6050",
    "TARN_REGISTRY_MAX_CONNECTIONS, 7",
    "TARN_REGISTRY_HEADER_TIMEOUT, 6s",
    "TARN_REGISTRY_STALL_TIMEOUT, 11s",
    "TARN_REGISTRY_IDLE_TIMEOUT, 61s",
    "TARN_ADMIN_LISTEN, '[::1]:6052'",
    "TARN_ADMIN_TOKEN_FILE, /etc/tarn/admin-token",
    "TARN_STORE_PATH, /srv/tarn",
    "TARN_STORE_MAX_SIZE, 100GiB",
    "TARN_STORE_MIN_FREE, 21.5%",
    "TARN_STORE_RESERVE_FREE, 17%",
    "TARN_STORE_PARTIAL_MAX_SIZE, 512MiB",
    "TARN_STORE_PARTIAL_TTL, 10m",
    "TARN_CONTAINERD_CONTENT_STORE, /srv/content/blobs",
    "TARN_UPSTREAM_CONNECT_TIMEOUT, 500ms",
    "TARN_UPSTREAM_HEADER_TIMEOUT, 31s",
    "TARN_UPSTREAM_STALL_TIMEOUT, 12s",
    "TARN_UPSTREAM_RETRIES, 4",
    "TARN_UPSTREAM_CLIENT_RATE, 5",
    "TARN_UPSTREAM_CLIENT_BURST, 55",
    "TARN_UPSTREAM_ALLOWED_TARGETS, '10.0.0.0/8, cdn.internal'",
    "TARN_PEERS_MAX_UPLOADS, 9",
    "TARN_PEERS_UPLOAD_BANDWIDTH, 100MiB",
    "TARN_PEERS_DOWNLOAD_BANDWIDTH, 200MiB",
    "TARN_PEERS_WORD_IN_OUTAGE, false",
    "TARN_PEERS_LISTEN, 10.0.0.1:6051",
    "TARN_PEERS_NODE, node-1",
    "TARN_PEERS_ZONE, zone-a",
    "TARN_PEERS_MEMBERS, 'node-1=10.0.0.1:6051,zone-b/node-2=[fd00::2]:6051, 10.0.0.3:6051'",
    "TARN_PEERS_DNS_NAME, tarn.internal",
    "TARN_PEERS_DNS_PERIOD, 31s",
    "TARN_PEERS_NAMESPACE, mirrors",
    "TARN_PEERS_SERVICE, tarn-peers",
    "TARN_PEERS_SERVICE_ACCOUNT, /etc/tarn/account",
    "TARN_PEERS_API_SERVER, https://10.0.0.9:6443",
    "TARN_ACCESS_DECISION_TIME, 2m",
    "TARN_ACCESS_GRACE_TIME, 3h",
    "TARN_AGENT_DIRECTORY, /run/tarn",
    "TARN_SHUTDOWN_AGENT_TIMEOUT, 7s",
    "TARN_SHUTDOWN_DRAIN_TIMEOUT, 1h",
    "TARN_LOGGING_LEVEL, debug",
    "TARN_LOGGING_FORMAT, json",
  })
  void aVariableOverridesItsKeyAndNoOther(String variable, String value) {
    Configuration overridden = ConfigurationLoader.withoutFile(Map.of(variable, value));

    List<String> before = ConfigurationPrinter.toYaml(Configuration.defaults()).lines().toList();
    List<String> after = ConfigurationPrinter.toYaml(overridden).lines().toList();
    List<String> changed = after.stream().filter(line -> !before.contains(line)).toList();
    List<String> expected = ConfigurationPrinter.toYaml(everyKey()).lines().toList();
    assertThat(changed).hasSize(1);
    assertThat(expected).containsAll(changed);
  }

  @Test
  void upstreamsThatAreNotGivenCanBeToldFromThoseThatAre() {
    RegistryConfiguration given = only("registries: {a.io: {upstreams: [{url: 'https://a.io'}]}}");
    RegistryConfiguration silent = only("registries: {a.io: {upstreams: }}");

    assertThat(silent).isEqualTo(RegistryConfiguration.standard()).isNotEqualTo(given);
    RegistryHost host = new RegistryHost("a.io");
    assertThat(silent.upstreamsOf(host)).isEqualTo(given.upstreamsOf(host));
  }

  private static RegistryConfiguration only(String yaml) {
    return ConfigurationLoader.parse(yaml, Map.of()).registries().values().iterator().next();
  }

  @Test
  void theEnvironmentGoesBeforeTheFile() {
    Configuration configuration =
        ConfigurationLoader.parse(EVERY_KEY, Map.of("TARN_STORE_PATH", "/elsewhere"));
    assertThat(configuration.store().path()).isEqualTo(Path.of("/elsewhere"));
    assertThat(configuration.registry()).isEqualTo(everyKey().registry());
  }

  @Test
  void peersMayBeSwitchedOnByTheEnvironmentAlone() {
    Map<String, String> environment =
        Map.of(
            "TARN_PEERS_MODE", "kubernetes",
            "TARN_PEERS_TLS_CERTIFICATE", "/tls/tls.crt",
            "TARN_PEERS_TLS_KEY", "/tls/tls.key",
            "TARN_PEERS_TLS_CA", "/tls/ca.crt");
    assertThat(ConfigurationLoader.withoutFile(environment).peers().tls())
        .isEqualTo(everyKey().peers().tls());
  }

  @Test
  void variablesOfOthersAreLeftAlone() {
    Map<String, String> environment =
        Map.of(
            "PATH", "/bin",
            "TARN_JAVA_OPTS", "-Xmx1g",
            "TARN_CACHE", "/tmp/cache",
            "TARN_SERVICE_HOST", "10.0.0.1",
            "TARN_PORT_5052_TCP_ADDR", "10.0.0.1",
            "TARN_ADMIN_SERVICE_PORT_HTTP", "5052",
            "TARN_ADMIN_PORT", "tcp://10.0.0.1:5052");
    assertThat(ConfigurationLoader.withoutFile(environment)).isEqualTo(Configuration.defaults());
  }

  @Test
  void aGivenMapOfRegistriesReplacesTheDefaultOne() {
    Configuration configuration =
        ConfigurationLoader.parse("registries:\n  quay.io:\n  index.docker.io: {}\n", Map.of());
    assertThat(configuration.registries().keySet())
        .containsExactly(new RegistryHost("quay.io"), RegistryHost.DOCKER_HUB);
  }

  @ParameterizedTest
  @CsvSource({
    "library/alpine, 60",
    "library/alpine/deep, 0",
    "library, 0",
    "my.team/app, 5",
    "myxteam/app, 0",
    "team/one/two, 7",
  })
  void theFirstRuleThatMatchesSetsTheAge(String repository, int seconds) {
    RegistryConfiguration registry =
        new RegistryConfiguration(
            Optional.empty(),
            Duration.ZERO,
            List.of(),
            List.of(
                rule("library/*", 60),
                rule("library/*", 61),
                rule("my.team/*", 5),
                rule("team/**", 7)),
            CredentialsConfiguration.NONE,
            false,
            false,
            OutagePolicy.SERVE);
    assertThat(registry.maxAgeFor(new RepositoryName(repository)))
        .isEqualTo(Duration.ofSeconds(seconds));
  }

  @ParameterizedTest
  @CsvSource({
    "library/nginx, v1.2.3, true",
    "library/nginx, v1.2, false",
    "library/nginx, 1.2.3, false",
    "library/nginx, latest, false",
    "team/app, latest, true",
    "team/dev/app, v1.2.3, false",
  })
  void theFirstRuleThatSaysWhichTagsAreImmutableCounts(
      String repository, String tag, boolean expected) {
    RegistryConfiguration registry =
        new RegistryConfiguration(
            Optional.empty(),
            Duration.ZERO,
            List.of(TagPattern.of("v*.*.*")),
            List.of(rule("library/*", 60), immutable("team/dev/**"), immutable("team/**", "*")),
            CredentialsConfiguration.NONE,
            false,
            false,
            OutagePolicy.SERVE);
    assertThat(registry.isImmutable(new RepositoryName(repository), new Tag(tag)))
        .isEqualTo(expected);
  }

  private static RepositoryRule rule(String pattern, int seconds) {
    return new RepositoryRule(
        new RepositoryPattern(pattern), Optional.of(Duration.ofSeconds(seconds)), Optional.empty());
  }

  private static RepositoryRule immutable(String pattern, String... tags) {
    return new RepositoryRule(
        new RepositoryPattern(pattern),
        Optional.empty(),
        Optional.of(Stream.of(tags).map(TagPattern::of).toList()));
  }

  static Configuration everyKey() {
    Map<RegistryHost, RegistryConfiguration> registries = new LinkedHashMap<>();
    registries.put(RegistryHost.DOCKER_HUB, RegistryConfiguration.standard());
    registries.put(
        new RegistryHost("localhost:5000"),
        new RegistryConfiguration(
            Optional.of(
                List.of(
                    UpstreamConfiguration.of("http://127.0.0.1:5000"),
                    new UpstreamConfiguration(
                        URI.create("https://second.example:8443/prefix"),
                        Optional.of(Path.of("/etc/tarn/ca.pem"))))),
            Duration.ofSeconds(30),
            List.of(TagPattern.of("v*.*.*"), TagPattern.of("release-*")),
            List.of(
                rule("library/*", 60),
                immutable("team/**", "*"),
                new RepositoryRule(
                    new RepositoryPattern("**"),
                    Optional.of(Duration.ZERO),
                    Optional.of(List.of()))),
            new CredentialsConfiguration(
                Optional.of(Path.of("/etc/tarn/credentials/.dockerconfigjson")),
                Optional.of(Path.of("/etc/tarn/providers.yaml")),
                Optional.of(Path.of("/opt/tarn/plugins")),
                List.of("sso.other.example", "fd00::1")),
            true,
            true,
            OutagePolicy.REFUSE));
    return new Configuration(
        new Configuration.RegistryEndpoint(
            new ListenAddress("127.0.0.2", 6050),
            7,
            Duration.ofSeconds(6),
            Duration.ofSeconds(11),
            Duration.ofSeconds(61)),
        new Configuration.AdminEndpoint(
            new ListenAddress("::1", 6052), Optional.of(Path.of("/etc/tarn/admin-token"))),
        new Configuration.Store(
            Path.of("/srv/tarn"),
            OptionalLong.of(100L << 30),
            new Percent(21.5),
            new Percent(17),
            512L << 20,
            Duration.ofMinutes(10)),
        new Configuration.Containerd(Optional.of(Path.of("/srv/content/blobs"))),
        new Configuration.Agent(Optional.of(Path.of("/run/tarn"))),
        new Configuration.UpstreamClient(
            Duration.ofMillis(500),
            Duration.ofSeconds(31),
            Duration.ofSeconds(12),
            4,
            5,
            55,
            List.of("10.0.0.0/8", "cdn.internal"),
            Optional.of(Path.of("/etc/tarn/ca.pem"))),
        new PeersConfiguration(
            PeerMode.KUBERNETES,
            new ListenAddress("10.0.0.1", 6051),
            "node-1",
            "zone-a",
            List.of(
                new PeerAddress("node-1", "", new ListenAddress("10.0.0.1", 6051)),
                new PeerAddress("node-2", "zone-b", new ListenAddress("fd00::2", 6051)),
                new PeerAddress("10.0.0.3:6051", "", new ListenAddress("10.0.0.3", 6051))),
            "tarn.internal",
            Duration.ofSeconds(31),
            "mirrors",
            "tarn-peers",
            Path.of("/etc/tarn/account"),
            Optional.of(URI.create("https://10.0.0.9:6443")),
            Optional.of(
                new PeersConfiguration.Tls(
                    Path.of("/tls/tls.crt"), Path.of("/tls/tls.key"), Path.of("/tls/ca.crt"))),
            false,
            new PeersConfiguration.Limits(9, 100L << 20, 200L << 20),
            false),
        new Configuration.Access(Duration.ofMinutes(2), Duration.ofHours(3)),
        new Configuration.Shutdown(Duration.ofSeconds(7), Duration.ofHours(1)),
        new Configuration.Logging(LogLevel.DEBUG, LogFormat.JSON),
        registries);
  }
}
