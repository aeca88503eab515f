package dev.tarn.agent.containerd;

import dev.tarn.agent.files.HostRoot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** The configurations in {@code src/test/resources/containerd}. */
final class Cases {
  private Cases() {}

  /** A host with that case at /etc/containerd. */
  static HostRoot host(Path mount, String name) throws IOException {
    Path from = resource("cases/" + name);
    Path to = mount.resolve("etc/containerd");
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : paths.sorted().toList()) {
        Path target = to.resolve(from.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(target);
        } else if (!path.endsWith("README")) {
          Files.copy(path, target);
        }
      }
    }
    for (String seen : List.of("conf.d", "b", "etc/docker")) {
      Files.createDirectories(mount.resolve(seen));
    }
    return new HostRoot(mount);
  }

  static List<String> lines(String file) {
    try {
      return Files.readAllLines(resource(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Path resource(String name) {
    try {
      return Path.of(
          Objects.requireNonNull(Cases.class.getResource("/containerd/" + name)).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
