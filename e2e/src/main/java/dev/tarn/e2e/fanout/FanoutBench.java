package dev.tarn.e2e.fanout;

import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.cluster.Certificates;
import dev.tarn.e2e.cluster.ClusterNode;
import dev.tarn.e2e.cluster.Network;
import dev.tarn.e2e.cluster.NodePlan;
import dev.tarn.e2e.cluster.PeerSection;
import dev.tarn.e2e.cluster.PullReport;
import dev.tarn.e2e.cluster.Puller;
import dev.tarn.e2e.cluster.Site;
import dev.tarn.e2e.cluster.Upstream;
import dev.tarn.e2e.http.Route;
import dev.tarn.e2e.image.Image;
import dev.tarn.e2e.image.ImageMaker;
import dev.tarn.e2e.image.Layer;
import dev.tarn.e2e.process.Workspace;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.FutureTask;

/**
 * What one case of bench-fanout works with: a cluster of its own that has pulled something small
 * before, since the nodes that matter have run for long. On the case's thread.
 */
final class FanoutBench {
  static final String PUBLIC = "registry.test";
  static final String PRIVATE = "private.test";
  static final String REPOSITORY = "bench/fanout";
  private static final int LAYERS = 4;
  private static final long WARM_UP_BYTES = 24L * 1024 * 1024;
  private static final long MIB = 1024 * 1024;

  /** One password for all, each with a name of its own. */
  private static final String PASSWORD = "secret";

  private static final String PASSWORD_HASH =
      "$2b$04$ESQ.hmSYvMarr3tb0jSJsuJ./lmAZ9XvBm5PPNYpmdC82LzsRL4IK";

  final FanoutOptions options;
  final Upstream upstream;
  final List<Site> sites = new ArrayList<>();
  final List<ClusterNode> nodes = new ArrayList<>();

  private final Workspace workspace;
  private final Path images;
  private long nextSeed = 1;

  private FanoutBench(Workspace workspace, FanoutOptions options) throws Exception {
    this.workspace = workspace;
    this.options = options;
    this.images = workspace.makeDirectory("images");
    Network network = workspace.own(Network.open());
    this.upstream = workspace.own(Upstream.start(workspace, network.join("upstream")));
    upstream.expose(PUBLIC, Route.to(upstream.origin()));
    upstream.expose(PRIVATE, Route.to(upstream.protectedOrigin(passwords(options.nodes()))));
    for (int number = 0; number < options.nodes(); number++) {
      sites.add(network.join("node-" + number));
    }
  }

  /** A cluster without nodes, at full speed. */
  static FanoutBench open(Workspace workspace, FanoutOptions options) throws Exception {
    return new FanoutBench(workspace, options);
  }

  private static String passwords(int count) {
    StringBuilder lines = new StringBuilder();
    for (int number = 0; number < count; number++) {
      lines.append("node-").append(number).append(':').append(PASSWORD_HASH).append('\n');
    }
    return lines.toString();
  }

  /** Starts a Tarn at every site and lets all of them pull something small together. */
  void startNodes() throws Exception {
    Certificates authority = Certificates.create(workspace.makeDirectory("authority"));
    int storeMib = (int) (3 * options.imageBytes() / MIB) + 256;
    for (Site site : sites) {
      String peers =
          switch (options.transport()) {
            case NONE -> PeerSection.none();
            case PLAIN -> PeerSection.list(site.called(), sites, Optional.empty());
            case TLS ->
                PeerSection.list(
                    site.called(),
                    sites,
                    Optional.of(
                        authority.issueFor(
                            site.called(),
                            workspace.makeDirectory(site.called() + "/tls"),
                            Certificates.Validity.now())));
          };
      NodePlan plan = new NodePlan(storeMib, upstream.registries(), peers);
      nodes.add(ClusterNode.start(workspace, site, plan));
    }
    for (ClusterNode node : nodes) {
      node.awaitReady();
    }
    for (int round = 0; round < options.warmUps(); round++) {
      String tag = "warm-up-" + round;
      var _ = push(tag, WARM_UP_BYTES);
      for (FutureTask<PullReport> pull : startAll(PUBLIC, tag)) {
        succeeded(pull.get());
      }
      for (ClusterNode node : nodes) {
        awaitQuiet(node);
      }
    }
  }

  private static void awaitQuiet(ClusterNode node) throws Exception {
    Await.until(
        node.name() + " has nothing in flight",
        Duration.ofSeconds(30),
        () -> node.metrics().map(m -> m.sum("tarn_transfers_in_flight") == 0).orElse(false));
  }

  private List<FutureTask<PullReport>> startAll(String registry, String tag) {
    List<FutureTask<PullReport>> pulls = new ArrayList<>();
    for (int number = 0; number < nodes.size(); number++) {
      pulls.add(pull(number, registry, tag, Way.THROUGH_TARN));
    }
    return pulls;
  }

  /** From now on links have their speeds. */
  void limitLinks() {
    upstream.site().limit(options.upstreamLink());
    sites.forEach(site -> site.limit(options.link()));
  }

  /** An image that nobody has seen, in both registries under that tag. */
  Image push(String tag, long bytes) throws Exception {
    ImageMaker maker = new ImageMaker(images);
    List<Layer> layers = new ArrayList<>();
    for (int number = 0; number < LAYERS; number++) {
      layers.add(maker.layer(nextSeed++, bytes / LAYERS));
    }
    Image image = maker.image("amd64", layers);
    upstream.push(REPOSITORY, tag, image);
    for (Layer layer : layers) {
      Files.delete(layer.blob().file());
    }
    return image;
  }

  /** Whether a client asks its node's Tarn first. */
  enum Way {
    THROUGH_TARN,
    DIRECTLY
  }

  /** Starts a pull at a node. */
  FutureTask<PullReport> pull(int number, String registry, String tag, Way way) {
    URI direct = upstream.at(registry);
    Optional<String> credential =
        registry.equals(PRIVATE)
            ? Optional.of("node-" + number + ":" + PASSWORD)
            : Optional.empty();
    List<URI> hosts =
        switch (way) {
          case THROUGH_TARN -> Puller.through(direct);
          case DIRECTLY -> List.of(direct);
        };
    return new Puller(sites.get(number), hosts, registry, credential).start(REPOSITORY, tag);
  }

  /** The pull, which must have succeeded with nothing but what was asked for, by the way asked. */
  static PullReport succeeded(PullReport report) {
    if (!report.succeeded() || !report.wrong().isEmpty()) {
      throw new CaseFailed("a pull failed: " + report);
    }
    return report;
  }
}
