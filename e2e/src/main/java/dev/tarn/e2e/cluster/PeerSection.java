package dev.tarn.e2e.cluster;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The section of a node's configuration about the others, as text. */
public final class PeerSection {
  private PeerSection() {}

  /** Nobody else is known. */
  public static String none() {
    return "";
  }

  /** Every node by a list; with certificates, or in the clear where there is none. */
  public static String list(
      String node, List<Site> members, Optional<Certificates.Identity> identity) {
    String list =
        members.stream()
            .map(m -> "zone-a/" + m.called() + "=" + m.address() + ":" + ClusterNode.PEER_PORT)
            .collect(Collectors.joining(", ", "[", "]"));
    return "peers:\n  mode: static\n  node: "
        + node
        + "\n  members: "
        + list
        + "\n"
        + transport(identity);
  }

  /** The nodes behind a Service of that API server, which the account's files lead to. */
  public static String kubernetes(
      String node, String apiServer, String account, Optional<Certificates.Identity> identity) {
    return "peers:\n  mode: kubernetes\n  node: "
        + node
        + "\n  apiServer: "
        + apiServer
        + "\n  serviceAccount: "
        + account
        + "\n"
        + transport(identity);
  }

  private static String transport(Optional<Certificates.Identity> identity) {
    return identity
        .map(
            files ->
                "  tls:\n    certificate: "
                    + files.certificate()
                    + "\n    key: "
                    + files.key()
                    + "\n    ca: "
                    + files.authority()
                    + "\n")
        .orElse("  plainHttp: true\n");
  }
}
