package dev.tarn.agent.canary;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.tarn.agent.canary.Sightings.Sighting;
import dev.tarn.agent.containerd.Prospect;
import dev.tarn.agent.cri.Cri;
import dev.tarn.agent.cri.RealContainerd;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The proof with a real containerd, and a server that answers 404 as the mirror. */
class CanaryWithContainerdTest {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  @TempDir private Path directory;

  private final List<String> requests = new CopyOnWriteArrayList<>();
  private HttpServer mirror;

  @BeforeEach
  void startTheMirror() throws IOException {
    mirror = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    mirror.createContext(
        "/",
        exchange -> {
          requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
          exchange.sendResponseHeaders(404, -1);
          exchange.close();
        });
    mirror.start();
  }

  @AfterEach
  void stopTheMirror() {
    mirror.stop(0);
  }

  static List<Path> programs() {
    return RealContainerd.programs().toList();
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("programs")
  void aContainerdThatReadsItsDirectoryComes(Path program) throws Exception {
    Path root = Files.createDirectory(directory.resolve("certs.d"));
    try (RealContainerd containerd = start(program, root.toString())) {
      assertThat(prove(containerd, root)).isEqualTo(new Prospect.Effective());

      assertThat(requests).first().asString().startsWith("HEAD /v2/");
      assertThat(requests)
          .allSatisfy(
              each ->
                  assertThat(each)
                      .contains("/manifests/latest")
                      .endsWith("ns=canary.tarn.invalid"));
      assertThat(containerd.ctr("images", "ls", "-q")).isEmpty();
      assertThat(containerd.ctr("content", "ls", "-q")).isEmpty();
    }
    assertThat(root).isEmptyDirectory();
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("programs")
  void aContainerdThatReadsNoDirectoryDoesNot(Path program) throws Exception {
    Path root = Files.createDirectory(directory.resolve("certs.d"));
    try (RealContainerd containerd = start(program, "")) {
      assertThat(prove(containerd, root)).isInstanceOf(Prospect.Ineffective.class);
      assertThat(requests).isEmpty();
    }
    assertThat(root).isEmptyDirectory();
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("programs")
  void severalRootsWorkBeforeTheTransferServiceOnly(Path program) throws Exception {
    Path root = Files.createDirectory(directory.resolve("certs.d"));
    try (RealContainerd containerd = start(program, root + ":/etc/docker/certs.d")) {
      assertThat(prove(containerd, root))
          .isInstanceOf(
              RealContainerd.version(program) < 201
                  ? Prospect.Effective.class
                  : Prospect.Ineffective.class);
    }
  }

  private Prospect prove(RealContainerd containerd, Path root) {
    URI url = URI.create("http://127.0.0.1:" + mirror.getAddress().getPort());
    return new Canary(
            new CanaryFile(root, url),
            new Cri(containerd.socket()),
            this::seen,
            new Random(3),
            LIMIT)
        .prove();
  }

  private Sighting seen(String repository) {
    String path = "/v2/" + repository + "/";
    return requests.stream().anyMatch(each -> each.contains(path))
        ? Sighting.ARRIVED
        : Sighting.NOT_ARRIVED;
  }

  private RealContainerd start(Path program, String configPath) throws Exception {
    int version = RealContainerd.version(program) < 200 ? 2 : 3;
    String table =
        version == 2
            ? "[plugins.\"io.containerd.grpc.v1.cri\".registry]"
            : "[plugins.\"io.containerd.cri.v1.images\".registry]";
    Files.writeString(
        directory.resolve("config.toml"),
        RealContainerd.configuration(directory, version)
            + RealContainerd.images(version)
            + table
            + "\n  config_path = \""
            + configPath
            + "\"\n");
    return RealContainerd.start(program, directory);
  }
}
