package dev.tarn.e2e.node;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What a suite sets of Tarn's configuration, with what suits most cases already in it: short
 * time-outs, so that cases about them are short too, and no demand on the machine's free space.
 *
 * @param clientRate how many requests a second one client may cause upstream; 0 for no limit
 */
public record TarnConfig(
    String registry,
    URI upstream,
    Duration headerTimeout,
    Duration stallTimeout,
    Duration drainTimeout,
    String maxSize,
    int clientRate)
    implements NodeConfig {

  /** A mirror of one registry, reached at that URI. */
  public static TarnConfig mirroring(String registry, URI upstream) {
    return new TarnConfig(
        registry,
        upstream,
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(20),
        "20GiB",
        50);
  }

  public TarnConfig withHeaderTimeout(Duration limit) {
    return new TarnConfig(
        registry, upstream, limit, stallTimeout, drainTimeout, maxSize, clientRate);
  }

  public TarnConfig withStallTimeout(Duration limit) {
    return new TarnConfig(
        registry, upstream, headerTimeout, limit, drainTimeout, maxSize, clientRate);
  }

  public TarnConfig withDrainTimeout(Duration limit) {
    return new TarnConfig(
        registry, upstream, headerTimeout, stallTimeout, limit, maxSize, clientRate);
  }

  public TarnConfig withMaxSize(String size) {
    return new TarnConfig(
        registry, upstream, headerTimeout, stallTimeout, drainTimeout, size, clientRate);
  }

  /** Has clients ask for as much as they like. */
  public TarnConfig withoutClientLimit() {
    return new TarnConfig(
        registry, upstream, headerTimeout, stallTimeout, drainTimeout, maxSize, 0);
  }

  @Override
  public String yaml(int port, int adminPort, Path store) {
    return """
        registry:
          listen: 127.0.0.1:%d
          headerTimeout: %ds
          stallTimeout: %ds
          idleTimeout: 5s
        admin:
          listen: 127.0.0.1:%d
        store:
          path: %s
          maxSize: %s
          minFree: 2%%
          reserveFree: 1%%
        upstream:
          connectTimeout: 3s
          headerTimeout: 30s
          stallTimeout: %ds
          retries: 3
          clientRate: %d
        shutdown:
          drainTimeout: %ds
        logging:
          level: info
          format: text
        registries:
          "%s":
            upstreams:
              - url: %s
        """
        .formatted(
            port,
            headerTimeout.toSeconds(),
            stallTimeout.toSeconds(),
            adminPort,
            store,
            maxSize,
            stallTimeout.toSeconds(),
            clientRate,
            drainTimeout.toSeconds(),
            registry,
            upstream);
  }
}
