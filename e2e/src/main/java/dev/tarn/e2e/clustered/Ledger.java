package dev.tarn.e2e.clustered;

import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.laptop.Upstream;
import dev.tarn.e2e.prometheus.PrometheusServer;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one step of a case adds to Prometheus' sums over all nodes, and to upstream's log. Used by
 * one thread at a time.
 */
final class Ledger {
  private static final Duration QUIET_LIMIT = Duration.ofSeconds(30);
  private static final Map<String, String> SUMS =
      Map.of(
          "fetched", "sum by (source) (tarn_fetched_bytes_total)",
          "served", "sum by (source) (tarn_served_bytes_total)",
          "hits", "sum by (source) (tarn_hits_total{kind=\"blob\"})",
          "misses", "sum by (source) (tarn_misses_total{kind=\"blob\"})");

  private final PrometheusServer prometheus;
  private final Upstream upstream;
  private final int nodes;
  private Map<String, Double> sumsBefore = Map.of();
  private RegistryLog logBefore = RegistryLog.parse("");

  Ledger(PrometheusServer prometheus, Upstream upstream, int nodes) {
    this.prometheus = prometheus;
    this.upstream = upstream;
    this.nodes = nodes;
  }

  void begin() throws Exception {
    prometheus.awaitScrape(nodes);
    sumsBefore = sums();
    logBefore = log();
  }

  /** What came to it since the beginning, as soon as no node fetches anything. */
  Entry end(String step) throws Exception {
    Await.until(
        "nodes have fetched what they want",
        QUIET_LIMIT,
        () -> {
          prometheus.awaitScrape(nodes);
          return prometheus.ask("sum(tarn_transfers_in_flight)") == 0;
        });
    Map<String, Long> added = new TreeMap<>();
    sums()
        .forEach(
            (name, value) -> {
              long more = Math.round(value - sumsBefore.getOrDefault(name, 0.0));
              if (more != 0) {
                added.put(name, more);
              }
            });
    Entry entry = new Entry(added, log().since(logBefore));
    System.out.printf(
        "    %s: upstream's log %,d bytes of %d blobs and %d manifests; Prometheus %s%n",
        step, entry.logBytes(), entry.logBlobs(), entry.log().count(sent -> !sent.blob()), added);
    return entry;
  }

  private Map<String, Double> sums() throws IOException {
    Map<String, Double> all = new TreeMap<>();
    for (Map.Entry<String, String> sum : SUMS.entrySet()) {
      prometheus
          .ask(sum.getValue(), "source")
          .forEach((source, value) -> all.put(sum.getKey() + " " + source, value));
    }
    return all;
  }

  private RegistryLog log() {
    return RegistryLog.parse(upstream.accessLog());
  }

  /** What a step added. */
  record Entry(Map<String, Long> added, RegistryLog log) {
    /** Of one of the sums, from one source. */
    long sum(String name, String source) {
      return added.getOrDefault(name + " " + source, 0L);
    }

    /** Of one of the sums, from all sources. */
    long total(String name) {
      return added.entrySet().stream()
          .filter(entry -> entry.getKey().startsWith(name + " "))
          .mapToLong(Map.Entry::getValue)
          .sum();
    }

    long logBytes() {
      return log.bytes();
    }

    /** How often a blob, or part of one, was sent. */
    long logBlobs() {
      return log.count(RegistryLog.Sent::blob);
    }
  }
}
