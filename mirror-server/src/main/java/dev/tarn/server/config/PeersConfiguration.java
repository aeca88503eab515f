package dev.tarn.server.config;

import static dev.tarn.server.config.InvalidConfigurationException.require;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How this node finds the others. Texts are empty where nothing is given.
 *
 * @param listen where other nodes connect; its port is also that of others where a source names
 *     none
 * @param node this node's name; where empty, the host's
 * @param zone this node's zone, where the source does not tell it
 * @param members the nodes of {@link PeerMode#STATIC}, this one among them
 * @param dnsName the name whose addresses are the nodes, in {@link PeerMode#DNS}
 * @param dnsPeriod how often that name is looked up
 * @param namespace that of the Service, in {@link PeerMode#KUBERNETES}; where empty, the pod's
 * @param service the headless Service, in {@link PeerMode#KUBERNETES}
 * @param serviceAccount the directory with what the API server is to be shown, in {@link
 *     PeerMode#KUBERNETES}
 * @param apiServer where it is, in {@link PeerMode#KUBERNETES}; where empty, as a pod is told
 * @param tls what this node shows to others
 * @param plainHttp whether peers speak plain HTTP, and believe what others say they are
 * @param limits of what nodes do for each other
 * @param wordInOutage whether, while a registry cannot be asked, this node goes by what it said to
 *     other nodes
 */
public record PeersConfiguration(
    PeerMode mode,
    ListenAddress listen,
    String node,
    String zone,
    List<PeerAddress> members,
    String dnsName,
    Duration dnsPeriod,
    String namespace,
    String service,
    Path serviceAccount,
    Optional<URI> apiServer,
    Optional<Tls> tls,
    boolean plainHttp,
    Limits limits,
    boolean wordInOutage) {
  static final PeersConfiguration DEFAULT =
      new PeersConfiguration(
          PeerMode.NONE,
          new ListenAddress("0.0.0.0", 5051),
          "",
          "",
          List.of(),
          "",
          Duration.ofSeconds(30),
          "",
          "tarn",
          Path.of("/var/run/secrets/kubernetes.io/serviceaccount"),
          Optional.empty(),
          Optional.empty(),
          false,
          new Limits(64, 0, 0),
          true);

  /**
   * Where this node's identity is, in PEM.
   *
   * @param certificate its certificate, which names it
   * @param key its private key
   * @param ca whom every node's certificate is issued by
   */
  public record Tls(Path certificate, Path key, Path ca) {}

  /**
   * What nodes do for each other at most.
   *
   * @param maxUploads chunks sent at a time
   * @param uploadBandwidth bytes a second of all uploads together; 0 for no limit
   * @param downloadBandwidth bytes a second of all downloads together; 0 for no limit
   */
  public record Limits(int maxUploads, long uploadBandwidth, long downloadBandwidth) {
    public Limits {
      require(maxUploads >= 1, "peers.maxUploads", "must be at least 1");
      require(uploadBandwidth >= 0, "peers.uploadBandwidth", "must not be negative");
      require(downloadBandwidth >= 0, "peers.downloadBandwidth", "must not be negative");
    }
  }

  public PeersConfiguration {
    members = List.copyOf(members);
    require(dnsPeriod.toMillis() >= 1000, "peers.dnsPeriod", "must be at least 1s");
    require(
        mode != PeerMode.STATIC || !members.isEmpty(),
        "peers.members",
        "at least one is needed where peers.mode is static");
    require(
        mode != PeerMode.DNS || !dnsName.isEmpty(),
        "peers.dnsName",
        "is needed where peers.mode is dns");
    require(
        mode != PeerMode.KUBERNETES || !service.isEmpty(),
        "peers.service",
        "is needed where peers.mode is kubernetes");
    require(
        apiServer.isEmpty() || "https".equals(apiServer.get().getScheme()),
        "peers.apiServer",
        "expected https://: it is shown a token");
    require(
        mode == PeerMode.NONE || tls.isPresent() || plainHttp,
        "peers.tls",
        "is needed, or plainHttp: true where everybody on the network may read what nodes hold");
    require(
        tls.isEmpty() || !plainHttp,
        "peers.plainHttp",
        "is for nodes without peers.tls; choose one");
    Set<String> names = new HashSet<>();
    for (PeerAddress member : members) {
      require(names.add(member.node()), "peers.members", member.node() + " is there twice");
    }
  }
}
