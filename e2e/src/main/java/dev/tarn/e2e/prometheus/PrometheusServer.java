package dev.tarn.e2e.prometheus;

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
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Debian's Prometheus, on loopback, which scrapes the nodes. */
public final class PrometheusServer {
  /** The series of the alerts that fire. */
  public static final String FIRING = "ALERTS{alertstate=\"firing\"}";

  private static final Duration START_LIMIT = Duration.ofSeconds(30);
  private static final int LATELY_SECONDS = 300;

  private final URI uri;

  private PrometheusServer(URI uri) {
    this.uri = uri;
  }

  /**
   * Starts one, which ends with the workspace.
   *
   * @param targets {@code host:port} of each
   */
  public static PrometheusServer start(Workspace workspace, List<String> targets) throws Exception {
    return start(workspace, targets, Optional.empty());
  }

  /** Starts one that has rules, evaluated once a second. */
  public static PrometheusServer start(
      Workspace workspace, List<String> targets, Optional<Path> rules) throws Exception {
    return startWith(
        workspace, targets.stream().map(each -> new Target(each, Map.of())).toList(), rules, 1);
  }

  /**
   * What is scraped.
   *
   * @param address {@code host:port}
   * @param labels that its series have besides, as the chart's monitors give them
   */
  public record Target(String address, Map<String, String> labels) {
    private String yaml() {
      return labels.entrySet().stream()
          .map(label -> "%s: \"%s\"".formatted(label.getKey(), label.getValue()))
          .collect(Collectors.joining(", ", "{targets: [\"" + address + "\"], labels: {", "}}"));
    }
  }

  /**
   * Starts one that has rules, and targets with labels.
   *
   * @param seconds between scrapes, and between looks at the rules
   */
  public static PrometheusServer startWith(
      Workspace workspace, List<Target> targets, Optional<Path> rules, int seconds)
      throws Exception {
    Path config = workspace.directory().resolve("prometheus.yml");
    Files.writeString(
        config,
        """
        global: {scrape_interval: %1$ds, scrape_timeout: 1s, evaluation_interval: %1$ds}
        rule_files: %2$s
        scrape_configs:
          - job_name: tarn
            static_configs: [%3$s]
        """
            .formatted(
                seconds,
                list(rules.stream().map(Path::toString)),
                targets.stream().map(Target::yaml).collect(Collectors.joining(", "))));
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
                    "--enable-feature=exemplar-storage",
                    "--storage.tsdb.path=" + workspace.makeDirectory("prometheus"),
                    "--web.listen-address=127.0.0.1:" + port)));
    PrometheusServer server = new PrometheusServer(URI.create("http://127.0.0.1:" + port));
    Await.until(
        "Prometheus is ready; " + process.tail(),
        START_LIMIT,
        () -> Fetch.statusOf(server.uri.resolve("/-/ready")) == 200);
    return server;
  }

  private static String list(Stream<String> texts) {
    return texts.map(text -> "\"" + text + "\"").collect(Collectors.joining(", ", "[", "]"));
  }

  /** The one number that a query has as its answer; 0 where there is no series. */
  public double ask(String query) throws IOException {
    return value(series(query).path(0));
  }

  /** The numbers that a query has as its answer, by a label's value. */
  public Map<String, Double> ask(String query, String label) throws IOException {
    Map<String, Double> values = new TreeMap<>();
    series(query)
        .forEach(series -> values.put(Trees.text(series, "metric." + label), value(series)));
    return values;
  }

  private static double value(JsonNode series) {
    return Trees.at(series, "value.1").asDouble(0);
  }

  /** The series that a query has as its answer. */
  public JsonNode series(String query) throws IOException {
    return series("/api/v1/query?query=", query, "");
  }

  /** The series that it had then. */
  public JsonNode series(String query, Instant then) throws IOException {
    return series("/api/v1/query?query=", query, "&time=" + then.getEpochSecond());
  }

  /** The series that it has over a time, with a value for each step. */
  public JsonNode series(String query, Instant from, Instant to, Duration step) throws IOException {
    return series(
        "/api/v1/query_range?query=",
        query,
        "&start=%d&end=%d&step=%d"
            .formatted(from.getEpochSecond(), to.getEpochSecond(), step.toSeconds()));
  }

  private JsonNode series(String path, String query, String parameters) throws IOException {
    JsonNode answer = get(path + URLEncoder.encode(query, StandardCharsets.UTF_8) + parameters);
    if (!Trees.text(answer, "status").equals("success")) {
      throw new CaseFailed(query + ": " + answer);
    }
    return Trees.at(answer, "data.result");
  }

  private JsonNode get(String path) throws IOException {
    return Trees.json(Fetch.text(uri.resolve(path)));
  }

  /** The exemplars that it kept lately of the series of a query. */
  public List<JsonNode> exemplars(String query) throws IOException {
    Instant now = Instant.now();
    String asked =
        "/api/v1/query_exemplars?query=%s&start=%d&end=%d"
            .formatted(
                URLEncoder.encode(query, StandardCharsets.UTF_8),
                now.minusSeconds(LATELY_SECONDS).getEpochSecond(),
                now.plusSeconds(1).getEpochSecond());
    return get(asked).findValues("exemplars").stream()
        .flatMap(of -> StreamSupport.stream(of.spliterator(), false))
        .toList();
  }

  /** What rules could not be evaluated, with Prometheus' word; empty where all could. */
  public List<String> failedRules() throws IOException {
    return get("/api/v1/rules").findParents("health").stream()
        .filter(rule -> Trees.text(rule, "health").equals("err"))
        .map(rule -> Trees.text(rule, "name") + ": " + Trees.text(rule, "lastError"))
        .toList();
  }

  /** The names of the alerts that are pending or fire. */
  public List<String> alerts() throws IOException {
    return Trees.list(get("/api/v1/alerts"), "data.alerts").stream()
        .map(alert -> Trees.text(alert, "labels.alertname"))
        .toList();
  }

  /** The state of an alert with such a label, {@code pending} or {@code firing}; else empty. */
  public String alert(String name, String label, String value) throws IOException {
    return Trees.list(get("/api/v1/alerts"), "data.alerts").stream()
        .filter(alert -> Trees.text(alert, "labels.alertname").equals(name))
        .filter(alert -> Trees.text(alert, "labels." + label).equals(value))
        .map(alert -> Trees.text(alert, "state"))
        .sorted() // Firing before pending.
        .findFirst()
        .orElse("");
  }

  private double wellScrapedSince(double seconds) {
    try {
      return ask("count(up == 1 and timestamp(up) > " + seconds + ")");
    } catch (IOException busy) {
      return 0;
    }
  }

  /** Waits until every target was scraped well since now. */
  public void awaitScrape(int targets) throws Exception {
    double asked = System.currentTimeMillis() / 1e3;
    Await.until("every node was scraped", START_LIMIT, () -> wellScrapedSince(asked) == targets);
  }
}
