package dev.tarn.e2e.node;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;

/** What a suite lets a Tarn process run with. */
public interface NodeConfig {
  /** The configuration file. */
  String yaml(int port, int adminPort, Path store);

  /** How long answers may go on after it was told to end. */
  Duration drainTimeout();

  /** What belongs under {@code registries}: each by its name, with where it is fetched from. */
  static String registries(Map<String, URI> upstreams) {
    return upstreams.entrySet().stream()
        .map(
            each ->
                "  \"%s\":\n    upstreams:\n      - url: %s\n"
                    .formatted(each.getKey(), each.getValue()))
        .collect(Collectors.joining());
  }
}
