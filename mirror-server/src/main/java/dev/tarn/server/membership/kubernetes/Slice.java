package dev.tarn.server.membership.kubernetes;

import java.util.List;

/**
 * One EndpointSlice, as far as it is used. Immutable.
 *
 * @param name its name in the namespace
 * @param resourceVersion the API server's version of it
 * @param family the addresses' kind, the same within a slice
 * @param port of its endpoints, 0 where it names none
 */
record Slice(
    String name, String resourceVersion, Family family, int port, List<Endpoint> endpoints) {

  Slice {
    endpoints = List.copyOf(endpoints);
  }

  /** The kind of a slice's addresses; in the order in which they are preferred. */
  enum Family {
    IPV4,
    IPV6
  }

  /**
   * One pod of the Service.
   *
   * @param node the name of its node; where the API tells none, its address
   * @param zone empty where the API tells none
   * @param address without a port
   */
  record Endpoint(String node, String zone, String address, Condition condition) {}

  /** How a pod is; the better ones first. */
  enum Condition {
    SERVING,
    NOT_SERVING,
    TERMINATING
  }
}
