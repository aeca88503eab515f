package dev.tarn.server.demo;

import dev.tarn.core.name.RegistryHost;
import dev.tarn.server.Node;
import dev.tarn.server.config.Configuration;
import dev.tarn.server.config.ConfigurationLoader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One node of the demo's cluster, and where its bytes came from. */
final class DemoNode implements AutoCloseable {
  private static final Pattern FETCHED =
      Pattern.compile("tarn_fetched_bytes_total\\{source=\"(upstream|peer)\"} (\\S+)");

  private final String name;
  private final Node node;

  private DemoNode(String name, Node node) {
    this.name = name;
    this.node = node;
  }

  /** What has come to a node by now, by where it came from. */
  record Fetched(long upstream, long peers) {
    Fetched since(Fetched before) {
      return new Fetched(upstream - before.upstream, peers - before.peers);
    }
  }

  /** Where a node's parts are; its identity is in the directory, its store gets a part of it. */
  record Place(String name, int peerPort, List<String> members, Path directory) {}

  static DemoNode start(Place place, EmbeddedRegistry upstream, String version) throws IOException {
    return new DemoNode(place.name(), Node.start(configuration(place, upstream), version));
  }

  private static Configuration configuration(Place place, EmbeddedRegistry upstream) {
    String yaml =
        """
        registry:
          listen: 127.0.0.1:0
        admin:
          listen: 127.0.0.1:0
        store:
          path: %s
          minFree: 0%%
          reserveFree: 0%%
        upstream:
          retries: 0
        peers:
          mode: static
          listen: 127.0.0.1:%d
          node: %s
          members: [%s]
          tls: %s
        shutdown:
          drainTimeout: 0s
        logging:
          level: error
        registries:
          "%s":
            upstreams:
              - %s
        """
            .formatted(
                place.directory().resolve(place.name()),
                place.peerPort(),
                place.name(),
                String.join(", ", place.members()),
                DemoIdentities.tlsOf(place.directory(), place.name()),
                RegistryHost.parse(upstream.host()).orElseThrow(),
                upstream.entry(place.directory()));
    return ConfigurationLoader.parse(yaml, Map.of());
  }

  String name() {
    return name;
  }

  /** Where its clients find it. */
  URI mirror() {
    return URI.create("http://127.0.0.1:" + node.registryAddress().getPort());
  }

  boolean hasPeers() {
    return node.hasPeers();
  }

  /** Reads its metrics, as Prometheus does. */
  Fetched fetched(HttpClient http) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + node.adminAddress().getPort() + "/metrics");
    String metrics = http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
    long upstream = 0;
    long peers = 0;
    Matcher matcher = FETCHED.matcher(metrics);
    while (matcher.find()) {
      long bytes = (long) Double.parseDouble(matcher.group(2));
      if (matcher.group(1).equals("peer")) {
        peers = bytes;
      } else {
        upstream = bytes;
      }
    }
    return new Fetched(upstream, peers);
  }

  @Override
  public void close() {
    node.close();
  }
}
