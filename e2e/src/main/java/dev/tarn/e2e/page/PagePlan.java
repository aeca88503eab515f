package dev.tarn.e2e.page;

import dev.tarn.e2e.node.NodeConfig;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * What a node of this suite runs with: short time-outs upstream, so that it soon knows that
 * somebody is away, and long ones for clients, whose pulls are slow on purpose.
 *
 * @param registries where each is fetched from
 * @param token the file with the token of whoever may see names
 * @param peers the section about the other nodes
 */
record PagePlan(Map<String, URI> registries, Path token, String peers) implements NodeConfig {

  @Override
  public Duration drainTimeout() {
    return Duration.ofSeconds(2);
  }

  @Override
  public String yaml(int port, int adminPort, Path store) {
    return """
    registry:
      listen: 127.0.0.1:%d
      headerTimeout: 30s
      stallTimeout: 30s
      idleTimeout: 5s
    admin:
      listen: 127.0.0.1:%d
      tokenFile: %s
    store:
      path: %s
      maxSize: 4GiB
      minFree: 2%%
      reserveFree: 1%%
    upstream:
      connectTimeout: 1s
      headerTimeout: 3s
      stallTimeout: 30s
      retries: 1
    shutdown:
      drainTimeout: %ds
    %sregistries:
    %s\
    """
        .formatted(
            port,
            adminPort,
            token,
            store,
            drainTimeout().toSeconds(),
            peers,
            NodeConfig.registries(registries));
  }
}
