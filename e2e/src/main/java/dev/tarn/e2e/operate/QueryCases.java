package dev.tarn.e2e.operate;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.http.Fetch;
import dev.tarn.e2e.image.ImageMaker;
import dev.tarn.e2e.node.TarnNode;
import dev.tarn.e2e.operate.OperateBench.Site;
import dev.tarn.e2e.prometheus.PrometheusServer;
import dev.tarn.e2e.run.CaseRun;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Queries and alerts, by a Prometheus that reads two nodes in two zones. */
final class QueryCases {
  private static final Duration TOLD = Duration.ofMinutes(1);

  /**
   * What two nodes that are well, without agent, TLS or containerd, have nothing to say of: queries
   * that name one of these may have no series as their answer.
   */
  private static final Pattern NOTHING_TO_TELL =
      Pattern.compile(
          "containerd_config_agent|tarn_agent|tarn_containerd|ALERTS|ratelimit|handshakes"
              + "|certificate_expiry|body_failures|evicted_bytes|outcome!=|timeout.unavailable|avoided\"}\\) > 0|429"
              + "|unkept|stale_answers|age_seconds > |squeezed == 1|from=\"same_zone\"");

  private static final String ACCEPT = ImageMaker.MANIFEST + ", */*";

  private QueryCases() {}

  static void answered(OperateBench bench, CaseRun run) throws Exception {
    Site site = Site.start(run.workspace());
    PrometheusServer prometheus = start(bench, run, site);
    // What has a first value at its first scrape has not grown yet: misses come in the first round,
    // hits in the second, and more of them in the third.
    for (int round = 0; round < 3; round++) {
      scraped(prometheus, site);
      for (TarnNode node : site.nodes()) {
        pull(node, site, run);
      }
    }
    scraped(prometheus, site);

    List<String> silent = new ArrayList<>();
    List<String> queries = new ArrayList<>(bench.files().dashboardQueries());
    queries.addAll(bench.files().documentedQueries());
    for (String documented : queries) {
      String query = documented.replace("docker.io", OperateBench.REGISTRY);
      if (prometheus.series(query).isEmpty() && !NOTHING_TO_TELL.matcher(query).find()) {
        silent.add(query);
      }
    }
    run.check(silent.isEmpty(), "no answer to:\n" + String.join("\n", silent));
    run.check(queries.size() > 50, "only " + queries.size() + " queries");
    List<String> failed = prometheus.failedRules();
    run.check(failed.isEmpty(), "rules that fail: " + failed);
    List<String> alerts = prometheus.alerts();
    run.check(alerts.isEmpty(), "alerts where all is well: " + alerts);
    double saved = prometheus.ask("namespace_job:tarn_saved_bytes:ratio_rate1h");
    run.check(saved > 0.2 && saved < 1, "saved " + saved);
    run.figure("queries", queries.size());
    run.figure("seriesOfANode", prometheus.ask("max(scrape_samples_scraped)"));
  }

  /** Of a request that its client traces, Prometheus has the trace at the bucket it fell into. */
  static void traced(OperateBench bench, CaseRun run) throws Exception {
    Site site = Site.start(run.workspace());
    PrometheusServer prometheus = start(bench, run, site);
    TarnNode node = site.nodes().getFirst();
    pull(node, site, run);
    String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    URI manifest = node.uri().resolve(site.paths().getFirst());
    String sampled = "00-" + trace + "-00f067aa0ba902b7-01";
    int status = Fetch.statusOf(manifest, ACCEPT, "traceparent", sampled);
    run.check(status == 200, "the traced request was answered with " + status);
    prometheus.awaitScrape(site.nodes().size());

    for (String times : List.of("tarn_first_byte_seconds", "tarn_last_byte_seconds")) {
      String series = times + "_bucket{kind=\"manifest\", source=\"disk\"}";
      String quantile = "histogram_quantile(0.9, sum by (le) (rate(" + series + "[1m])))";
      List<JsonNode> exemplars = prometheus.exemplars(quantile);
      run.check(exemplars.size() == 1, times + " has " + exemplars);
      JsonNode labels = exemplars.getFirst().path("labels");
      run.check(labels.path("trace_id").asText().equals(trace), times + ": " + labels);
      run.check(labels.size() == 2, "more than the trace and its span: " + labels);
    }
    List<JsonNode> of = prometheus.exemplars("{__name__=~\".+\"}");
    run.check(of.size() == 2, "exemplars of others: " + of);
  }

  static void upstreamGone(OperateBench bench, CaseRun run) throws Exception {
    Site site = Site.start(run.workspace());
    PrometheusServer prometheus = start(bench, run, site);
    TarnNode node = site.nodes().getFirst();
    pull(node, site, run);
    scraped(prometheus, site);
    run.check(prometheus.alerts().isEmpty(), "alerts before: " + prometheus.alerts());

    site.registry().process().kill();
    long gone = System.nanoTime();
    Await.until(
        "TarnUpstreamDown is pending or fires",
        TOLD,
        () -> {
          int status = Fetch.statusOf(node.uri().resolve(site.paths().getFirst()), ACCEPT);
          run.check(status == 200, "a tag that is known was answered with " + status);
          return prometheus.alerts().contains("TarnUpstreamDown");
        });
    run.figure("seconds", Duration.ofNanos(System.nanoTime() - gone).toSeconds());
    JsonNode stale = prometheus.series("sum(tarn_stale_answers_total) > 0");
    run.check(!stale.isEmpty(), "nobody counted the answers from memory");
  }

  private static PrometheusServer start(OperateBench bench, CaseRun run, Site site)
      throws Exception {
    return PrometheusServer.start(
        run.workspace(),
        site.nodes().stream().map(node -> "127.0.0.1:" + node.adminAddress().getPort()).toList(),
        Optional.of(bench.files().rulesFile()));
  }

  private static void pull(TarnNode node, Site site, CaseRun run) {
    for (String path : site.paths()) {
      int status = Fetch.digestOf(node.uri().resolve(path), ACCEPT).status();
      run.check(status == 200, path + ": " + status);
    }
  }

  /** Waits until every node was read three times anew. */
  private static void scraped(PrometheusServer prometheus, Site site) throws Exception {
    for (int scrape = 0; scrape < 3; scrape++) {
      prometheus.awaitScrape(site.nodes().size());
    }
  }
}
