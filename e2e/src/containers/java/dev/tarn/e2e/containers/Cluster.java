package dev.tarn.e2e.containers;

import dev.tarn.e2e.cluster.Certificates;
import dev.tarn.e2e.cluster.Certificates.Identity;
import dev.tarn.e2e.cluster.Certificates.Validity;
import dev.tarn.e2e.cluster.Place;
import dev.tarn.e2e.cluster.PullReport;
import dev.tarn.e2e.cluster.Puller;
import dev.tarn.e2e.image.Image;
import dev.tarn.e2e.image.ImageMaker;
import dev.tarn.e2e.image.Layer;
import dev.tarn.e2e.image.RegistryClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.testcontainers.containers.Network;
import org.testcontainers.lifecycle.Startables;

/**
 * Nodes on a network of their own, static peers of each other by mutual TLS, with a registry as
 * their upstream and a Prometheus that scrapes them.
 */
final class Cluster implements AutoCloseable {
  private static final String MIRRORED = "registry.test";

  private static final Place HERE =
      new Place() {
        @Override
        public <T> FutureTask<T> start(Callable<T> work) {
          FutureTask<T> task = new FutureTask<>(work);
          Thread.ofPlatform().daemon().start(task);
          return task;
        }
      };

  private final Docker docker;
  private final Network network = Network.newNetwork();
  private final List<String> caches = new ArrayList<>();
  private final List<TarnContainer> nodes = new ArrayList<>();
  private final RegistryContainer registry = new RegistryContainer(network);
  private final PrometheusContainer prometheus;
  private final ImageMaker maker;

  private Cluster(Docker docker, int size) throws IOException {
    this.docker = docker;
    this.maker = new ImageMaker(docker.directory("images"));
    this.prometheus = new PrometheusContainer(network, names(size));
  }

  private static List<String> names(int size) {
    return IntStream.rangeClosed(1, size).mapToObj(number -> "tarn-" + number).toList();
  }

  /**
   * Starts as many nodes.
   *
   * @param more lines of their configuration's section about peers
   */
  static Cluster start(Docker docker, int size, String more) throws Exception {
    Cluster cluster = new Cluster(docker, size);
    try {
      Certificates authority = Certificates.create(docker.directory("authority"));
      for (String name : names(size)) {
        Path configuration = docker.directory(name);
        Files.setPosixFilePermissions(configuration, PosixFilePermissions.fromString("rwxr-xr-x"));
        Identity identity = authority.issueFor(name, configuration, Validity.now());
        // Of a Secret, the kubelet gives the server's group this right.
        Files.setPosixFilePermissions(
            identity.key(), PosixFilePermissions.fromString("rw-r--r--"));
        Files.writeString(configuration.resolve("tarn.yaml"), yaml(name, names(size)) + more);
        String cache = docker.client().createVolumeCmd().exec().getName();
        cluster.caches.add(cache);
        TarnContainer.prepare(cluster.network, cache);
        cluster.nodes.add(
            TarnContainer.server(cluster.network, name, configuration, cache));
      }
      Startables.deepStart(cluster.nodes).join();
      Startables.deepStart(cluster.registry, cluster.prometheus).join();
      return cluster;
    } catch (Exception | Error failed) {
      try (cluster) {
        throw failed;
      }
    }
  }

  private static String yaml(String name, List<String> all) {
    String members =
        all.stream()
            .map(member -> "zone-a/" + member + "=" + member + ":" + TarnContainer.PEER_PORT)
            .collect(Collectors.joining(", ", "[", "]"));
    return """
    registry:
      listen: 0.0.0.0:%d
      headerTimeout: 30s
    admin:
      listen: 0.0.0.0:%d
    store:
      path: %s
      minFree: 2%%
      reserveFree: 1%%
    registries:
      %s:
        upstreams:
          - url: http://%s:%d
    peers:
      mode: static
      node: %s
      members: %s
      tls:
        certificate: %9$s/tls.crt
        key: %9$s/tls.key
        ca: %9$s/ca.crt
    """
        .formatted(
            TarnContainer.REGISTRY_PORT,
            TarnContainer.ADMIN_PORT,
            TarnContainer.CACHE,
            MIRRORED,
            RegistryContainer.NAME,
            RegistryContainer.PORT,
            name,
            members,
            TarnContainer.CONFIGURATION);
  }

  TarnContainer node(int number) {
    return nodes.get(number - 1);
  }

  RegistryContainer registry() {
    return registry;
  }

  PrometheusContainer prometheus() {
    return prometheus;
  }

  /** Has the registry have an image with layers of these sizes, whose content follows from seed. */
  Image push(String repository, long seed, int... mebibytes) {
    List<Layer> layers =
        IntStream.range(0, mebibytes.length)
            .mapToObj(number -> maker.layer(seed + number, (long) mebibytes[number] << 20))
            .toList();
    Image image = maker.image("amd64", layers);
    new RegistryClient(registry.uri()).push(repository, "1", image);
    return image;
  }

  /** Where a node has a blob for clients. */
  URI blob(TarnContainer node, String repository, String digest) {
    return node.registry().resolve("/v2/" + repository + "/blobs/" + digest + "?ns=" + MIRRORED);
  }

  /** Pulls an image as containerd does: through the node, and past it where that fails. */
  FutureTask<PullReport> pull(TarnContainer node, String repository) {
    List<URI> hosts = List.of(node.registry(), registry.uri());
    return new Puller(HERE, hosts, MIRRORED, Optional.empty()).start(repository, "1");
  }

  /** Pulls an image through several nodes at once. */
  List<PullReport> pullAtOnce(String repository, TarnContainer... through) throws Exception {
    List<FutureTask<PullReport>> pulls =
        Arrays.stream(through).map(node -> pull(node, repository)).toList();
    List<PullReport> reports = new ArrayList<>();
    for (FutureTask<PullReport> pull : pulls) {
      reports.add(pull.get());
    }
    return reports;
  }

  @Override
  public void close() {
    prometheus.stop();
    nodes.forEach(TarnContainer::stop);
    registry.stop();
    caches.forEach(cache -> docker.client().removeVolumeCmd(cache).exec());
    network.close();
  }
}
