package dev.tarn.server.membership.kubernetes;

import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointConditions;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Takes from an EndpointSlice what is used of it. What the API leaves out has the meaning that
 * {@code discovery.k8s.io/v1} gives it: an endpoint is serving unless it says otherwise. {@code
 * serving} goes before {@code ready}, which is always true where a Service publishes addresses that
 * are not ready.
 */
final class SliceReader {
  /** What the port of the peer endpoint is called in the Service. */
  static final String PORT_NAME = "peer";

  private SliceReader() {}

  /** {@code slice} reduced; without endpoints where its addresses are host names. */
  static Slice read(EndpointSlice slice) {
    String name = slice.getMetadata().getName();
    String version = slice.getMetadata().getResourceVersion();
    Optional<Slice.Family> family = family(slice.getAddressType());
    if (family.isEmpty() || slice.getEndpoints() == null) {
      return new Slice(name, version, Slice.Family.IPV4, 0, List.of());
    }
    // A few zones name thousands of endpoints: one copy of each text is enough.
    Map<String, String> texts = new HashMap<>();
    List<Slice.Endpoint> endpoints = new ArrayList<>(slice.getEndpoints().size());
    for (Endpoint endpoint : slice.getEndpoints()) {
      read(endpoint, texts).ifPresent(endpoints::add);
    }
    return new Slice(name, version, family.get(), port(slice.getPorts()), endpoints);
  }

  private static Optional<Slice.Endpoint> read(Endpoint endpoint, Map<String, String> texts) {
    List<String> addresses = endpoint.getAddresses();
    if (addresses == null || addresses.isEmpty()) {
      return Optional.empty();
    }
    // Consumers take the first one only, says the API; there is never more than one.
    String address = addresses.getFirst();
    String node = orElse(endpoint.getNodeName(), address);
    String zone = orElse(endpoint.getZone(), "");
    String known = texts.computeIfAbsent(zone, text -> text);
    return Optional.of(
        new Slice.Endpoint(node, known, address, condition(endpoint.getConditions())));
  }

  private static Slice.Condition condition(@Nullable EndpointConditions conditions) {
    if (conditions == null) {
      return Slice.Condition.SERVING;
    }
    if (Boolean.TRUE.equals(conditions.getTerminating())) {
      return Slice.Condition.TERMINATING;
    }
    Boolean serving =
        conditions.getServing() == null ? conditions.getReady() : conditions.getServing();
    return Boolean.FALSE.equals(serving) ? Slice.Condition.NOT_SERVING : Slice.Condition.SERVING;
  }

  private static int port(@Nullable List<EndpointPort> ports) {
    if (ports == null) {
      return 0;
    }
    for (EndpointPort port : ports) {
      if (PORT_NAME.equals(port.getName()) && port.getPort() != null) {
        return port.getPort();
      }
    }
    return 0;
  }

  private static Optional<Slice.Family> family(@Nullable String addressType) {
    return switch (addressType) {
      case "IPv4" -> Optional.of(Slice.Family.IPV4);
      case "IPv6" -> Optional.of(Slice.Family.IPV6);
      case null, default -> Optional.empty();
    };
  }

  private static String orElse(@Nullable String text, String fallback) {
    return text == null || text.isEmpty() ? fallback : text;
  }
}
