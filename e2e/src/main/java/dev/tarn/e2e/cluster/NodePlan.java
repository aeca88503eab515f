package dev.tarn.e2e.cluster;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What a node's Tarn is configured to. Immutable.
 *
 * @param storeMib the size of its store's file system
 * @param registries their names, and where Tarn finds them
 * @param peers the configuration's section of that name, with its indentation
 * @param javaOptions for the launcher
 * @param environment assignments for its process
 */
public record NodePlan(
    int storeMib,
    Map<String, URI> registries,
    String peers,
    String javaOptions,
    List<String> environment) {
  public NodePlan {
    registries = Map.copyOf(registries);
    environment = List.copyOf(environment);
  }

  public NodePlan(int storeMib, Map<String, URI> registries, String peers) {
    this(storeMib, registries, peers, "", List.of());
  }

  public NodePlan withEnvironment(List<String> assignments) {
    return new NodePlan(storeMib, registries, peers, javaOptions, assignments);
  }

  String yaml(Path store) {
    StringBuilder text =
        new StringBuilder(
            """
            registry:
              listen: 127.0.0.1:%d
            admin:
              listen: 0.0.0.0:5052
            store:
              path: %s
              minFree: 4%%
              reserveFree: 2%%
            upstream:
              allowedTargets: [%s]
            %sregistries:
            """
                .formatted(ClusterNode.REGISTRY_PORT, store, Network.subnet(), peers));
    registries.forEach(
        (name, uri) ->
            text.append("  \"" + name + "\":\n    upstreams:\n      - url: " + uri + "\n"));
    return text.toString();
  }
}
