package dev.tarn.e2e.chaos;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.placement.Member;
import dev.tarn.core.placement.Membership;
import dev.tarn.core.placement.Placement;
import dev.tarn.e2e.cluster.Certificates;
import dev.tarn.e2e.cluster.ClusterNode;
import dev.tarn.e2e.cluster.LinkSpeed;
import dev.tarn.e2e.cluster.Network;
import dev.tarn.e2e.cluster.NodePlan;
import dev.tarn.e2e.cluster.PeerSection;
import dev.tarn.e2e.cluster.Site;
import dev.tarn.e2e.cluster.Upstream;
import dev.tarn.e2e.http.Route;
import dev.tarn.e2e.image.Blob;
import dev.tarn.e2e.process.Workspace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** The cluster that chaos comes to, and what surrounds it. On the case's thread. */
final class ChaosCluster {
  static final String PUBLIC = "registry.test";
  static final String TOKENS = "tokens.test";
  static final String REPOSITORY = "chaos/image";
  static final LinkSpeed LINK = new LinkSpeed(100);
  static final LinkSpeed SLOW_LINK = new LinkSpeed(10);
  private static final LinkSpeed UPSTREAM_LINK = new LinkSpeed(200);
  private static final int STORE_MIB = 640;
  private static final long SEGMENT_BYTES = Placement.SEGMENT_CHUNKS * 4L * 1024 * 1024;

  final Upstream upstream;
  final TokenRealm realm;
  final ApiServer api;
  final List<ClusterNode> nodes = new ArrayList<>();

  private final Workspace workspace;
  private final Certificates authority;
  private final List<FakeClock> clocks = new ArrayList<>();
  private final Path clockLibrary;
  private final Placement placement;

  private ChaosCluster(Workspace workspace, ChaosOptions options) throws Exception {
    this.workspace = workspace;
    Network network = workspace.own(Network.open());
    this.upstream = workspace.own(Upstream.start(workspace, network.join("upstream")));
    upstream.expose(PUBLIC, Route.to(upstream.origin()));
    this.realm = workspace.own(TokenRealm.start(upstream.origin(), () -> upstream.at(TOKENS)));
    upstream.expose(TOKENS, realm);
    this.clockLibrary = FakeClock.build(workspace.directory());
    this.authority = Certificates.create(workspace.makeDirectory("authority"));
    List<Site> sites = new ArrayList<>();
    List<Member> members = new ArrayList<>();
    for (int number = 0; number < options.nodes(); number++) {
      Site site = network.join("node-" + number);
      sites.add(site);
      members.add(new Member(site.called(), "zone-a", site.address(), true));
    }
    this.placement = new Placement(Membership.of(1, members));
    Path account = workspace.directory().resolve("account");
    this.api = workspace.own(ApiServer.start(network, authority, account, sites));
    upstream.site().limit(UPSTREAM_LINK);
    for (Site site : sites) {
      site.limit(LINK);
      nodes.add(startNode(site, account, options.hasPeers()));
    }
    for (ClusterNode node : nodes) {
      node.awaitReady();
    }
  }

  /** Starts one whose nodes are ready. */
  static ChaosCluster start(Workspace workspace, ChaosOptions options) throws Exception {
    return new ChaosCluster(workspace, options);
  }

  private ClusterNode startNode(Site site, Path account, boolean hasPeers) throws Exception {
    Path own = workspace.makeDirectory(site.called());
    Certificates.Identity identity =
        authority.issueFor(site.called(), own.resolve("tls"), Certificates.Validity.now());
    String peers =
        hasPeers
            ? PeerSection.kubernetes(
                site.called(), api.url(), account.toString(), Optional.of(identity))
            : PeerSection.none();
    FakeClock clock = FakeClock.create(clockLibrary, own);
    clocks.add(clock);
    NodePlan plan =
        new NodePlan(STORE_MIB, upstream.registries(), peers).withEnvironment(clock.environment());
    return ClusterNode.start(workspace, site, plan);
  }

  /** The numbers of all nodes. */
  List<Integer> numbers() {
    return IntStream.range(0, nodes.size()).boxed().toList();
  }

  /** Replaces a node's certificate. */
  void issue(int node, Certificates.Validity validity) throws Exception {
    String name = nodes.get(node).name();
    authority.issueFor(name, workspace.directory().resolve(name).resolve("tls"), validity);
  }

  FakeClock clock(int node) {
    return clocks.get(node);
  }

  /** The numbers of the nodes that are home of a part of that blob. */
  Set<Integer> homes(Blob blob) {
    Digest digest = Digest.parse(blob.digest()).orElseThrow();
    Set<Integer> homes = new TreeSet<>();
    for (int segment = 0; segment * SEGMENT_BYTES < blob.size(); segment++) {
      placement.home(digest, segment).ifPresent(home -> homes.add(number(home.name())));
    }
    return homes;
  }

  private int number(String name) {
    for (int number = 0; number < nodes.size(); number++) {
      if (nodes.get(number).name().equals(name)) {
        return number;
      }
    }
    throw new IllegalArgumentException("no such node: " + name);
  }
}
