package dev.tarn.e2e.containers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.DockerClient;
import dev.tarn.e2e.container.ShippedImage;
import dev.tarn.e2e.image.Hashing;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Tools;
import dev.tarn.e2e.process.Workspace;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.testcontainers.DockerClientFactory;

/**
 * The Docker that the tests use, with the images that they need in it: the one that answers on this
 * machine, or else one of our own. No image is pulled. Closing it removes those images, and ends
 * what was started.
 */
final class Docker implements AutoCloseable {
  /** What the tests call the image. */
  static final String TARN = "tarn-containers.test/tarn:tested";

  static final String REGISTRY = "tarn-containers.test/docker-registry:debian";
  static final String PROMETHEUS = "tarn-containers.test/prometheus:debian";

  private static final Path USUAL_SOCKET = Path.of("/var/run/docker.sock");
  private static final Duration LIMIT = Duration.ofMinutes(2);

  /** A library in what ldd prints: {@code name => /path (address)}, or the loader's path alone. */
  private static final Pattern LIBRARY = Pattern.compile("(?m)^\\s+(?:\\S+ => )?(/\\S+) \\(0x");

  private final ObjectMapper json = new ObjectMapper();
  private final Workspace workspace;
  private final DockerClient client;
  private final JsonNode config;

  private Docker(Workspace workspace, DockerClient client, JsonNode config) {
    this.workspace = workspace;
    this.client = client;
    this.config = config;
  }

  static Docker open() throws Exception {
    Workspace workspace =
        Workspace.create(
            Path.of(System.getenv().getOrDefault("TARN_E2E_WORK", "/var/tmp")), "containers");
    try {
      if (!System.getenv().containsKey("DOCKER_HOST")) {
        Path socket = answers(USUAL_SOCKET) ? USUAL_SOCKET : OwnDaemon.start(workspace).socket();
        System.setProperty("DOCKER_HOST", "unix://" + socket);
      }
      ShippedImage image = ShippedImage.build(workspace.directory());
      JsonNode manifest = Objects.requireNonNull(image.platforms().get("amd64"));
      Docker docker =
          new Docker(
              workspace,
              DockerClientFactory.instance().client(),
              image.read(manifest.get("config")));
      docker.load(image, manifest);
      docker.pack(REGISTRY, "docker-registry");
      docker.pack(PROMETHEUS, "prometheus");
      return docker;
    } catch (Exception | Error failed) {
      clear(workspace);
      throw failed;
    }
  }

  private static boolean answers(Path socket) {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return channel.connect(UnixDomainSocketAddress.of(socket));
    } catch (IOException nobody) {
      return false;
    }
  }

  DockerClient client() {
    return client;
  }

  /** A directory of the machine's that containers may be shown directories of. */
  Path directory(String name) throws IOException {
    return Files.createTempDirectory(workspace.directory(), name + "-");
  }

  /** What the image says of itself, as the build wrote it. */
  JsonNode config() {
    return config;
  }

  private void load(ShippedImage image, JsonNode manifest) throws IOException {
    List<String> layers = new ArrayList<>();
    manifest.get("layers").forEach(layer -> layers.add(file(layer)));
    load(TARN, image.layout(), file(manifest.get("config")), layers);
  }

  /**
   * Hands over an archive of Docker's own format, which every version of it reads.
   *
   * @param directory where configuration and layers are
   */
  private void load(String name, Path directory, String config, List<String> layers)
      throws IOException {
    Path list = directory("archive");
    json.writeValue(
        list.resolve("manifest.json").toFile(),
        List.of(Map.of("Config", config, "RepoTags", List.of(name), "Layers", layers)));
    Path archive = list.resolve("archive.tar");
    List<String> command = new ArrayList<>(List.of("tar", "-cf", archive.toString()));
    command.addAll(List.of("-C", list.toString(), "manifest.json"));
    command.addAll(List.of("-C", directory.toString(), config));
    command.addAll(layers);
    run(command);
    try (InputStream in = Files.newInputStream(archive)) {
      client.loadImageCmd(in).exec();
    }
    Files.delete(archive);
    workspace.own(() -> client.removeImageCmd(name).withForce(true).exec());
  }

  private static String file(JsonNode descriptor) {
    return "blobs/" + descriptor.get("digest").asText().replace(':', '/');
  }

  /** An image of one of this machine's programs and the libraries that it needs. */
  private void pack(String name, String program) throws IOException {
    Path path =
        Tools.onPath(program)
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        program + " is missing: e2e/packages installs it (Debian's " + program + ")"));
    Path root = workspace.makeDirectory(program);
    Set<Path> needed = new LinkedHashSet<>(Set.of(path));
    Matcher library = LIBRARY.matcher(run(List.of("ldd", path.toString())));
    while (library.find()) {
      needed.add(Path.of(library.group(1)));
    }
    for (Path file : needed) {
      Path to = root.resolve(file.subpath(0, file.getNameCount()));
      Files.createDirectories(Tools.directoryOf(to));
      Files.copy(file.toRealPath(), to);
    }
    Path directory = directory("image");
    Path layer = directory.resolve("layer.tar");
    run(List.of("tar", "-cf", layer.toString(), "-C", root.toString(), "."));
    Map<String, Object> files =
        Map.of("type", "layers", "diff_ids", List.of(Hashing.digest(layer)));
    json.writeValue(
        directory.resolve("config.json").toFile(),
        Map.of("architecture", "amd64", "os", "linux", "config", Map.of(), "rootfs", files));
    load(name, directory, "config.json", List.of("layer.tar"));
  }

  private String run(List<String> command) {
    return Child.run(command.getFirst(), workspace.directory(), Map.of(), command, LIMIT)
        .orFail()
        .output();
  }

  @Override
  public void close() throws IOException {
    clear(workspace);
  }

  private static void clear(Workspace workspace) throws IOException {
    try {
      workspace.closeResources();
    } catch (Exception e) {
      throw new IOException("something is left of the tests' Docker", e);
    }
    // Where something was left it lies here, and says what it was.
    workspace.delete();
  }
}
