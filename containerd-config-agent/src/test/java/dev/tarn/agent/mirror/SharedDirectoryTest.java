package dev.tarn.agent.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.agent.hosts.UpstreamHost;
import dev.tarn.core.name.RegistryHost;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedDirectoryTest {
  @TempDir Path directory;

  @Test
  void theSecretIsMadeOnceAndReadableForTheGroup() throws IOException {
    byte[] first = shared().secret();
    byte[] second = shared().secret();

    assertThat(second).isEqualTo(first).hasSize(32);
    Path file = directory.resolve("secret");
    assertThat(Files.readString(file))
        .isEqualTo(Base64.getUrlEncoder().withoutPadding().encodeToString(first));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-r-----");
    assertThat(Files.getAttribute(file, "unix:gid"))
        .isEqualTo(Files.getAttribute(directory, "unix:gid"));
    assertThat(names()).containsExactly("secret");
  }

  @Test
  void thoseThatStartAtOnceKnowTheSameSecret() throws Exception {
    int agents = 8;
    try (var executor = Executors.newFixedThreadPool(agents)) {
      for (int round = 0; round < 20; round++) {
        Files.deleteIfExists(directory.resolve("secret"));
        CyclicBarrier start = new CyclicBarrier(agents);
        List<Callable<String>> starts = new ArrayList<>();
        for (int i = 0; i < agents; i++) {
          SharedDirectory own = shared();
          starts.add(
              () -> {
                start.await();
                return Base64.getEncoder().encodeToString(own.secret());
              });
        }
        List<String> secrets = new ArrayList<>();
        for (Future<String> future : executor.invokeAll(starts)) {
          secrets.add(future.get());
        }
        assertThat(secrets).hasSize(agents).containsOnly(secrets.getFirst());
        assertThat(names()).containsExactly("secret");
      }
    }
  }

  @Test
  void whatIsNoSecretIsNotReplaced() throws IOException {
    Path file = Files.writeString(directory.resolve("secret"), "dG9vIHNob3J0");

    assertThatThrownBy(() -> shared().secret()).hasMessageContaining("holds no secret");
    assertThat(file).hasContent("dG9vIHNob3J0");
  }

  @Test
  void aLinkIsNotFollowed() throws IOException {
    Path elsewhere = Files.writeString(directory.resolve("elsewhere"), "x".repeat(43));
    Files.createSymbolicLink(directory.resolve("secret"), elsewhere);

    assertThatThrownBy(() -> shared().secret()).hasMessageContaining("is not a file");
  }

  @Test
  void aDanglingLinkIsNotWrittenThrough() throws IOException {
    Files.createSymbolicLink(directory.resolve("secret"), directory.resolve("target"));

    assertThatThrownBy(() -> shared().secret()).isInstanceOf(IOException.class);
    assertThat(directory.resolve("target")).doesNotExist();
  }

  @Test
  void upstreamsAreWrittenWhenTheyChange() throws IOException {
    UpstreamsFile file = new UpstreamsFile(shared());
    TreeMap<RegistryHost, List<UpstreamHost>> upstreams = new TreeMap<>();

    assertThat(file.write(upstreams)).isTrue();
    assertThat(directory.resolve("upstreams.json")).hasContent("{\"registries\":{}}");
    assertThat(file.write(upstreams)).isFalse();
    upstreams.put(
        RegistryHost.DOCKER_HUB,
        List.of(
            new UpstreamHost(
                URI.create("https://harbor.example/hub"), Optional.of("-----\n\"\\\t")),
            new UpstreamHost(URI.create("http://b:1"), Optional.empty())));
    upstreams.put(new RegistryHost("quay.io"), List.of());
    assertThat(file.write(upstreams)).isTrue();
    assertThat(directory.resolve("upstreams.json"))
        .hasContent(
            "{\"registries\":{\"docker.io\":[{\"url\":\"https://harbor.example/hub\","
                + "\"ca\":\"-----\\n\\\"\\\\\\u0009\"},{\"url\":\"http://b:1\"}],\"quay.io\":[]}}");
    assertThat(names()).containsExactly("upstreams.json");
  }

  private SharedDirectory shared() {
    return new SharedDirectory(directory, new SecureRandom());
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
