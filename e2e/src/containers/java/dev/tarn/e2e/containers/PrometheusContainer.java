package dev.tarn.e2e.containers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tarn.e2e.http.Fetch;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.Transferable;

/** Debian's Prometheus, which scrapes the nodes once a second. */
final class PrometheusContainer extends GenericContainer<PrometheusContainer> {
  private static final int PORT = 9090;

  PrometheusContainer(Network network, List<String> nodes) {
    super(Docker.PROMETHEUS);
    withNetwork(network);
    withNetworkAliases("prometheus");
    withExposedPorts(PORT);
    String targets =
        nodes.stream()
            .map(node -> node + ":" + TarnContainer.ADMIN_PORT)
            .collect(Collectors.joining(", ", "[", "]"));
    withCopyToContainer(
        Transferable.of(
            """
            global:
              scrape_interval: 1s
              scrape_timeout: 1s
            scrape_configs:
              - job_name: tarn
                static_configs:
                  - targets: %s
            """
                .formatted(targets)),
        "/prometheus.yml");
    withCommand("prometheus", "--config.file=/prometheus.yml", "--storage.tsdb.path=/data");
    waitingFor(Wait.forHttp("/-/ready").forPort(PORT));
  }

  /** The one number that a query has as its answer; 0 where there is no series. */
  double ask(String query) throws IOException {
    URI uri =
        URI.create(
            "http://%s:%d/api/v1/query?query=%s"
                .formatted(
                    getHost(),
                    getMappedPort(PORT),
                    URLEncoder.encode(query, StandardCharsets.UTF_8)));
    JsonNode answer = new ObjectMapper().readTree(Fetch.text(uri));
    if (!answer.at("/status").asText().equals("success")) {
      throw new IOException(query + ": " + answer);
    }
    return answer.at("/data/result/0/value/1").asDouble();
  }
}
