package dev.tarn.agent.tree;

import dev.tarn.agent.files.HostFiles;
import dev.tarn.agent.hosts.Target;
import dev.tarn.core.name.RegistryHost;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** A node's directory of containerd configuration, in a temporary directory. */
final class Node {
  static final URI MIRROR = URI.create("http://127.0.0.1:5050");
  static final Target HUB = new Target.OfRegistry(RegistryHost.DOCKER_HUB);
  static final Target QUAY = new Target.OfRegistry(new RegistryHost("quay.example:5000"));
  static final Target ALL = new Target.OfAllOthers();
  static final String PEM = "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n";

  private static final AtomicLong SEEDS = new AtomicLong();

  final Path etc;
  final Path root;

  Node(Path directory) {
    etc = directory.resolve("etc");
    root = etc.resolve("certs.d");
    make(etc);
  }

  HostsTree tree(HostFiles files) {
    return new HostsTree(
        files,
        root,
        MIRROR,
        path -> etc.resolve(path.toString().substring(1)),
        new SplittableRandom(SEEDS.incrementAndGet()));
  }

  Node withRoot() {
    make(root);
    return this;
  }

  static void make(Path directory) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path write(String name, String content) {
    try {
      Path file = root.resolve(name);
      Files.createDirectories(file.getParent());
      return Files.writeString(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String read(String name) {
    try {
      return Files.readString(root.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean has(String name) {
    return Files.exists(root.resolve(name));
  }

  Snapshot snapshot() {
    return Snapshot.of(etc);
  }

  void clear() {
    try (Stream<Path> all = Files.walk(etc)) {
      for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
        if (!path.equals(etc)) {
          Files.delete(path);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Names of ours anywhere. */
  List<String> traces() {
    return snapshot().entries().entrySet().stream()
        .filter(
            e ->
                e.getKey().contains(".tarn")
                    || (e.getValue().contains("# >>> tarn")
                        || e.getValue().contains("# <<< tarn")))
        .map(java.util.Map.Entry::getKey)
        .toList();
  }
}
