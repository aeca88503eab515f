package dev.tarn.e2e.clustered;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.http.Fetch;
import dev.tarn.e2e.kube.Trees;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Ports;
import dev.tarn.e2e.process.Tools;
import dev.tarn.e2e.process.Workspace;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Debian's Prometheus, on loopback, which scrapes the nodes once a second. */
final class PrometheusServer {
  private static final Duration START_LIMIT = Duration.ofSeconds(30);

  private final URI uri;

  private PrometheusServer(URI uri) {
    this.uri = uri;
  }

  /**
   * Starts one, which ends with the workspace.
   *
   * @param targets {@code host:port} of each
   */
  static PrometheusServer start(Workspace workspace, List<String> targets) throws Exception {
    Path config = workspace.directory().resolve("prometheus.yml");
    Files.writeString(
        config,
        """
        global: {scrape_interval: 1s, scrape_timeout: 1s}
        scrape_configs:
          - job_name: tarn
            static_configs:
              - targets: %s
        """
            .formatted(
                targets.stream()
                    .map(target -> "\"" + target + "\"")
                    .collect(Collectors.joining(", ", "[", "]"))));
    int port = Ports.free();
    Child process =
        workspace.own(
            Child.start(
                "prometheus",
                workspace.directory(),
                Map.of(),
                List.of(
                    Tools.onPath("prometheus").orElseThrow().toString(),
                    "--config.file=" + config,
                    "--storage.tsdb.path=" + workspace.makeDirectory("prometheus"),
                    "--web.listen-address=127.0.0.1:" + port)));
    PrometheusServer server = new PrometheusServer(URI.create("http://127.0.0.1:" + port));
    Await.until(
        "Prometheus is ready; " + process.tail(),
        START_LIMIT,
        () -> Fetch.statusOf(server.uri.resolve("/-/ready")) == 200);
    return server;
  }

  /** The one number that a query has as its answer; 0 where there is no series. */
  double ask(String query) throws IOException {
    return value(answer(query).path(0));
  }

  /** The numbers that a query has as its answer, by a label's value. */
  Map<String, Double> ask(String query, String label) throws IOException {
    Map<String, Double> values = new TreeMap<>();
    answer(query)
        .forEach(series -> values.put(Trees.text(series, "metric." + label), value(series)));
    return values;
  }

  private static double value(JsonNode series) {
    return Trees.at(series, "value.1").asDouble(0);
  }

  private JsonNode answer(String query) throws IOException {
    String asked = URLEncoder.encode(query, StandardCharsets.UTF_8);
    JsonNode answer = Trees.json(Fetch.text(uri.resolve("/api/v1/query?query=" + asked)));
    if (!Trees.text(answer, "status").equals("success")) {
      throw new CaseFailed(query + ": " + answer);
    }
    return Trees.at(answer, "data.result");
  }

  private double wellScrapedSince(double seconds) {
    try {
      return ask("count(up == 1 and timestamp(up) > " + seconds + ")");
    } catch (IOException busy) {
      return 0;
    }
  }

  /** Waits until every target was scraped well since now. */
  void awaitScrape(int targets) throws Exception {
    double asked = System.currentTimeMillis() / 1e3;
    Await.until("every node was scraped", START_LIMIT, () -> wellScrapedSince(asked) == targets);
  }
}
