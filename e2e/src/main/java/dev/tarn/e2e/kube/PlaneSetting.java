package dev.tarn.e2e.kube;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * What differs between control planes.
 *
 * @param address where the API server listens
 * @param services the range of Services' addresses
 * @param firstService the first of them, which is the API server's own
 * @param realNodes whether nodes are more than objects
 * @param wrapping what becomes of the commands of its processes
 */
public record PlaneSetting(
    String address,
    String services,
    String firstService,
    boolean realNodes,
    UnaryOperator<List<String>> wrapping) {

  /**
   * Where one on loopback says it is, to pods: an address of nobody's, as loopback is refused. The
   * harness tells programs itself.
   */
  private static final String ADVERTISED = "192.0.2.1";

  static PlaneSetting loopback() {
    return new PlaneSetting(
        "127.0.0.1", "10.96.0.0/16", "10.96.0.1", false, UnaryOperator.identity());
  }

  List<String> names() {
    return List.of(
        "IP:" + address, "IP:" + firstService, "DNS:kubernetes", "DNS:kubernetes.default.svc");
  }

  /** What it is told besides, with what it shows to nodes that it asks for logs. */
  List<String> apiServerFlags(Pki.Identity administrator) {
    return realNodes
        ? List.of(
            "--advertise-address=" + address,
            "--kubelet-preferred-address-types=InternalIP",
            "--kubelet-client-certificate=" + administrator.certificate(),
            "--kubelet-client-key=" + administrator.key())
        : List.of("--advertise-address=" + ADVERTISED, "--endpoint-reconciler-type=none");
  }

  /** Pods' networks are told to nodes; and where nodes are objects, nobody renews their leases. */
  String controllers() {
    return realNodes
        ? "*,-node-ipam-controller"
        : "*,-node-lifecycle-controller,-node-ipam-controller";
  }
}
