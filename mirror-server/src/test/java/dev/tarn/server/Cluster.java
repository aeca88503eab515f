package dev.tarn.server;

import dev.tarn.server.config.ConfigurationLoader;
import dev.tarn.server.peer.tls.IdentityFiles;
import dev.tarn.server.testing.ScriptedUpstream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/** Whole nodes in this process that know each other, in front of one scripted upstream. */
final class Cluster implements AutoCloseable {
  final ScriptedUpstream upstream = ScriptedUpstream.start();
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<Node> nodes = new ArrayList<>();
  private final List<ServerSocket> reserved = new ArrayList<>();
  private final Path directory;
  private final String members;
  private final List<Integer> ports;
  private String rules = "";

  private Cluster(int size, Path directory) throws IOException {
    this.directory = directory;
    for (int i = 0; i < size; i++) {
      reserved.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
    }
    this.ports = reserved.stream().map(ServerSocket::getLocalPort).toList();
    for (ServerSocket socket : reserved) {
      socket.close();
    }
    this.members =
        ports.stream()
            .map(port -> "zone/node-" + ports.indexOf(port) + "=127.0.0.1:" + port)
            .collect(Collectors.joining("\", \"", "[\"", "\"]"));
  }

  /** Starts a node alone that may read what a containerd holds. */
  static Cluster withContainerd(Path contentStore, Path directory) throws IOException {
    return start(
        1,
        directory,
        _ -> "plainHttp: true",
        "containerd: {contentStore: " + contentStore + "}",
        Map.of());
  }

  /** Starts nodes with these overrides of the configuration. */
  static Cluster startWith(Map<String, String> environment, int size, Path directory)
      throws IOException {
    return start(size, directory, _ -> "plainHttp: true", "", environment);
  }

  /** Starts nodes that speak plain HTTP with each other. */
  static Cluster start(int size, Path directory) throws IOException {
    return start(size, directory, _ -> "plainHttp: true");
  }

  /**
   * Starts nodes.
   *
   * @param peers more of the configuration of a node's peers, on a line
   */
  static Cluster start(int size, Path directory, IntFunction<String> peers) throws IOException {
    return start(size, directory, peers, "", Map.of());
  }

  /** Starts nodes whose registry has these rules as well, on a line. */
  static Cluster withRules(String rules, int size, Path directory) throws IOException {
    Cluster cluster = new Cluster(size, directory);
    cluster.rules = ", " + rules;
    return start(cluster, size, _ -> "plainHttp: true", "", Map.of());
  }

  private static Cluster start(
      int size,
      Path directory,
      IntFunction<String> peers,
      String more,
      Map<String, String> environment)
      throws IOException {
    return start(new Cluster(size, directory), size, peers, more, environment);
  }

  private static Cluster start(
      Cluster cluster,
      int size,
      IntFunction<String> peers,
      String more,
      Map<String, String> environment)
      throws IOException {
    for (int i = 0; i < size; i++) {
      cluster.nodes.add(cluster.startNode(i, peers.apply(i), more, environment));
    }
    Awaitility.await().until(() -> cluster.nodes.stream().allMatch(Node::hasPeers));
    return cluster;
  }

  /** A node's certificate, as the configuration names it. */
  static String tls(IdentityFiles files) {
    return "tls: {certificate: %s, key: %s, ca: %s}"
        .formatted(files.certificate(), files.key(), files.authority());
  }

  /** Ends a node; the others are not told. */
  void stop(int number) {
    nodes.get(number).close();
  }

  private Node startNode(int number, String peers, String more, Map<String, String> environment)
      throws IOException {
    String yaml =
        """
        registry: {listen: "127.0.0.1:0"}
        admin: {listen: "127.0.0.1:0"}
        store: {path: "%s", minFree: 0%%, reserveFree: 0%%}
        upstream: {retries: 0}
        shutdown: {drainTimeout: 0s}
        peers:
          mode: static
          listen: 127.0.0.1:%d
          node: node-%d
          members: %s
          %s
        %s
        registries:
          example.com: {upstreams: [{url: "%s"}]%s}
        """
            .formatted(
                directory.resolve("node-" + number),
                ports.get(number),
                number,
                members,
                peers,
                more,
                upstream.url(),
                rules);
    return Node.start(ConfigurationLoader.parse(yaml, environment), "test");
  }

  Node node(int number) {
    return nodes.get(number);
  }

  /** Asks a node's registry endpoint. */
  HttpResponse<byte[]> get(int node, String uri, String... headers) {
    int port = nodes.get(node).registryAddress().getPort();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + uri));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      return client.send(request.build(), BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The sum of a metric over all nodes, by the beginning of its lines. */
  double sum(String metric) throws IOException, InterruptedException {
    double sum = 0;
    for (int i = 0; i < nodes.size(); i++) {
      sum +=
          metrics(i)
              .lines()
              .filter(line -> line.startsWith(metric))
              .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
              .sum();
    }
    return sum;
  }

  /** What a node's metrics say. */
  String metrics(int node) throws IOException, InterruptedException {
    int port = nodes.get(node).adminAddress().getPort();
    URI uri = URI.create("http://127.0.0.1:" + port + "/metrics");
    return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
  }

  @Override
  public void close() {
    nodes.forEach(Node::close);
    client.close();
    upstream.close();
  }
}
