package dev.tarn.e2e.agent;

import dev.tarn.e2e.node.NodeConfig;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The node's Tarn, which shares a directory with the agent.
 *
 * @param upstream where the registry is asked, or empty for where the agent finds that it is
 */
record TarnPlan(String registry, Optional<URI> upstream, Path shared) implements NodeConfig {
  private static final Duration DRAIN = Duration.ofSeconds(10);

  @Override
  public String yaml(int port, int adminPort, Path store) {
    return """
        registry:
          listen: 127.0.0.1:%d
          headerTimeout: 5s
          stallTimeout: 10s
          idleTimeout: 5s
        admin:
          listen: 127.0.0.1:%d
        store:
          path: %s
          maxSize: 2GiB
          minFree: 2%%
          reserveFree: 1%%
        upstream:
          connectTimeout: 3s
          headerTimeout: 10s
          retries: 3
        shutdown:
          drainTimeout: %ds
        logging:
          level: info
          format: text
        agent:
          directory: %s
        registries:
          "%s": %s
        """
        .formatted(
            port,
            adminPort,
            store,
            DRAIN.toSeconds(),
            shared,
            registry,
            upstream.map(url -> "\n    upstreams:\n      - url: " + url).orElse("{}"));
  }

  @Override
  public Duration drainTimeout() {
    return DRAIN;
  }
}
