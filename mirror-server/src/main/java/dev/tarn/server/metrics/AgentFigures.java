package dev.tarn.server.metrics;

import dev.tarn.core.name.RegistryHost;
import java.util.Optional;
import java.util.Set;

/**
 * What is known of the containerd-config-agent at a moment.
 *
 * @param reportAgeSeconds since its last report, or since this node's start
 * @param entries that stood on the node by its last report
 * @param heard reports
 * @param refused requests without its proof
 * @param malformed reports, or metrics in them, that make no sense
 * @param upstreams registries that ask whom it found
 * @param upstreamsFailures times that what it found made no sense
 * @param leftOut the registries of which it found what cannot be followed; empty for those that are
 *     not served
 */
public record AgentFigures(
    long reportAgeSeconds,
    long entries,
    long heard,
    long refused,
    long malformed,
    long upstreams,
    long upstreamsFailures,
    Set<Optional<RegistryHost>> leftOut) {
  public AgentFigures {
    leftOut = Set.copyOf(leftOut);
  }
}
