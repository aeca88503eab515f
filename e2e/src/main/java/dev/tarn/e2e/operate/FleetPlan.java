package dev.tarn.e2e.operate;

import dev.tarn.e2e.cluster.Certificates.Identity;
import dev.tarn.e2e.node.NodeConfig;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What a node of the fleet runs with: a cache that the images do not all fit in, an agent beside
 * it, peers by mutual TLS.
 *
 * @param shared with the agent
 * @param members everybody, with zone and address
 * @param registries where each is fetched from
 */
record FleetPlan(
    String node,
    String listen,
    List<String> members,
    Identity identity,
    Path shared,
    Map<String, URI> registries)
    implements NodeConfig {

  @Override
  public Duration drainTimeout() {
    return Duration.ofSeconds(2);
  }

  @Override
  public String yaml(int port, int adminPort, Path store) {
    return """
    registry:
      listen: 127.0.0.1:%d
    admin:
      listen: 127.0.0.1:%d
    store:
      path: %s
      maxSize: 144MiB
      minFree: 2%%
      reserveFree: 1%%
    upstream:
      connectTimeout: 1s
      headerTimeout: 3s
      retries: 1
    shutdown:
      drainTimeout: %ds
    agent:
      directory: %s
    peers:
      mode: static
      node: %s
      listen: %s
      members: [%s]
      tls:
        certificate: %s
        key: %s
        ca: %s
    registries:
    %s\
    """
        .formatted(
            port,
            adminPort,
            store,
            drainTimeout().toSeconds(),
            shared,
            node,
            listen,
            String.join(", ", members),
            identity.certificate(),
            identity.key(),
            identity.authority(),
            NodeConfig.registries(registries));
  }
}
