package dev.tarn.server.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.server.config.CredentialsConfiguration;
import dev.tarn.server.testing.LogCapture;
import dev.tarn.server.upstream.Credential;
import dev.tarn.server.upstream.Credential.Password;
import dev.tarn.server.upstream.CredentialSource;
import dev.tarn.server.upstream.Origin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which origin of which registry gets what the files say. */
class ConfiguredCredentialsTest {
  private static final RepositoryName ALPINE = new RepositoryName("library/alpine");
  private static final RegistryHost EXAMPLE = new RegistryHost("registry.example");

  @TempDir Path directory;
  private final LogCapture log = new LogCapture();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicLong nanos = new AtomicLong();
  private final ConfiguredCredentials credentials =
      new ConfiguredCredentials(InstantSource.system(), nanos::get, threads);

  @AfterEach
  void nothingSecretWasLogged() {
    threads.close();
    log.close();
    assertThat(log.events().toString()).doesNotContain("s3cr3t");
  }

  /** A docker config whose users are named as the keys, but for the colons. */
  private Path dockerConfig(String... keys) throws IOException {
    return Files.writeString(
        directory.resolve("config.json"),
        Arrays.stream(keys)
            .map(
                key ->
                    "\"%s\":{\"username\":\"%s\",\"password\":\"s3cr3t\"}"
                        .formatted(key, key.replace(':', '+')))
            .collect(Collectors.joining(",", "{\"auths\":{", "}}")));
  }

  private CredentialSource of(RegistryHost registry, Path dockerConfig, Origin... origins) {
    return credentials.of(
        registry,
        List.of(origins),
        new CredentialsConfiguration(
            Optional.of(dockerConfig), Optional.empty(), Optional.empty(), List.of()));
  }

  private static Optional<String> user(CredentialSource source, Origin origin) {
    return source
        .find(origin, ALPINE, Duration.ofSeconds(30))
        .map(credential -> credential instanceof Password password ? password.user() : "?");
  }

  @Test
  void theRegistryItselfGetsWhatIsForItsName() throws IOException {
    Origin hub = Origin.of("https://registry-1.docker.io");
    assertThat(
            user(
                of(RegistryHost.DOCKER_HUB, dockerConfig("https://index.docker.io/v1/"), hub), hub))
        .contains("https+//index.docker.io/v1/");
  }

  @Test
  void anOriginThatIsReachedByAnotherNameIsTheRegistryAllTheSame() throws IOException {
    Origin origin = Origin.of("http://10.0.0.1:5000");
    Path config = dockerConfig("registry.example", "registry.example/library", "other.example");
    assertThat(user(of(EXAMPLE, config, origin), origin)).contains("registry.example/library");
  }

  @Test
  void aMirrorBeforeTheRegistryGetsOnlyWhatIsForItsOwnHost() throws IOException {
    Origin mirror = Origin.of("https://harbor.example:8443/v2/hub");
    Origin registry = Origin.of("https://registry.example");
    CredentialSource source = of(EXAMPLE, dockerConfig("registry.example"), mirror, registry);
    assertThat(user(source, mirror)).isEmpty();
    assertThat(user(source, registry)).contains("registry.example");
  }

  @Test
  void aMirrorBehindTheRegistryDoesNotGetTheRegistrys() throws IOException {
    Origin registry = Origin.of("https://registry.example");
    Origin mirror = Origin.of("https://harbor.example");
    CredentialSource source = of(EXAMPLE, dockerConfig("registry.example"), registry, mirror);
    assertThat(user(source, registry)).contains("registry.example");
    assertThat(user(source, mirror)).isEmpty();
  }

  @Test
  void aMirrorsRepositoriesHaveTheirNamesThere() throws IOException {
    Origin mirror = Origin.of("https://harbor.example:8443/v2/hub");
    Origin prefixed = Origin.of("https://other.example/nexus");
    Origin registry = Origin.of("https://registry.example");
    CredentialSource source =
        of(
            EXAMPLE,
            dockerConfig("harbor.example:8443/hub/library", "other.example/library"),
            mirror,
            prefixed,
            registry);
    assertThat(user(source, mirror)).contains("harbor.example+8443/hub/library");
    assertThat(user(source, prefixed)).contains("other.example/library");
    assertThat(user(source, registry)).isEmpty();
  }

  @Test
  void pluginsAreAskedWhereTheFileHasNothingAndTheirLongestKeyCounts() throws IOException {
    script("first", "\"*.example\":{\"username\":\"first\",\"password\":\"s3cr3t\"}");
    script("second", "\"registry.example/library\":{\"username\":\"2nd\",\"password\":\"s3cr3t\"}");
    Path config =
        Files.writeString(
            directory.resolve("providers.yaml"),
            """
            apiVersion: kubelet.config.k8s.io/v1
            kind: CredentialProviderConfig
            providers:
              - name: first
                matchImages: ["*.example"]
                defaultCacheDuration: 10m
                apiVersion: credentialprovider.kubelet.k8s.io/v1
              - name: second
                matchImages: ["*.example"]
                defaultCacheDuration: 10m
                apiVersion: credentialprovider.kubelet.k8s.io/v1
                env: [{name: KEY, value: s3cr3t}]
            """);
    Origin origin = Origin.of("https://registry.example");
    Origin mirror = Origin.of("https://mirror.example");
    CredentialSource source =
        credentials.of(
            EXAMPLE,
            List.of(mirror, origin),
            new CredentialsConfiguration(
                Optional.of(dockerConfig("mirror.example/other")),
                Optional.of(config),
                Optional.of(directory),
                List.of()));

    assertThat(user(source, origin)).contains("2nd");
    assertThat(user(source, mirror)).contains("first");

    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    dockerConfig("registry.example");
    assertThat(user(source, origin)).contains("registry.example");
  }

  private void script(String name, String auth) throws IOException {
    Path file = directory.resolve(name);
    Files.writeString(
        file,
        "#!/bin/sh\ncat > /dev/null\ncat <<'END'\n{\"kind\":\"CredentialProviderResponse\","
            + "\"apiVersion\":\"credentialprovider.kubelet.k8s.io/v1\","
            + "\"cacheKeyType\":\"Registry\",\"auth\":{"
            + auth
            + "}}\nEND\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void aBrokenProviderFileIsToldWithPathAndNearestKeyAndWithoutItsValues() throws IOException {
    Path config =
        Files.writeString(
            directory.resolve("providers.yaml"),
            """
            apiVersion: kubelet.config.k8s.io/v1
            kind: CredentialProviderConfig
            providers:
              - name: first
                matchImage: ["*.example"]
                args: s3cr3t
                env: [s3cr3t]
                defaultCacheDuration: s3cr3t
                apiVersion: credentialprovider.kubelet.k8s.io/v1
            """);
    Origin origin = Origin.of("https://registry.example");
    CredentialSource source =
        credentials.of(
            EXAMPLE,
            List.of(origin),
            new CredentialsConfiguration(
                Optional.empty(), Optional.of(config), Optional.of(directory), List.of()));

    credentials.load();

    assertThat(user(source, origin)).isEmpty();
    assertThat(log.events())
        .singleElement()
        .asString()
        .contains(
            "credentials_not_loaded",
            "providers[0].matchImage (line 5): unknown key; did you mean matchImages?",
            "providers[0].args (line 6): expected a list",
            "providers[0].env[0] (line 7): expected keys with values",
            "providers[0].defaultCacheDuration (line 8): expected a duration");
  }

  @Test
  void whereNothingIsConfiguredNothingIsFound() {
    Origin origin = Origin.of("https://registry.example");
    CredentialSource source =
        credentials.of(EXAMPLE, List.of(origin), CredentialsConfiguration.NONE);
    assertThat(source).isSameAs(CredentialSource.NONE);
    Optional<Credential> found = source.find(origin, ALPINE, Duration.ZERO);
    assertThat(found).isEmpty();
  }
}
