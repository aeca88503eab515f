package dev.tarn.e2e.clustered;

import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.laptop.Machine;
import dev.tarn.e2e.prometheus.PrometheusServer;
import dev.tarn.e2e.run.CaseRun;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The chart's alerts over the cluster, as a Prometheus of a case's own has them, which reads every
 * node.
 */
final class Alerts {
  static final int ADMIN_PORT = 5052;
  static final Duration SCRAPE = Duration.ofSeconds(5);

  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

  private final PrometheusServer prometheus;

  private Alerts(PrometheusServer prometheus) {
    this.prometheus = prometheus;
  }

  /** Begins to read the nodes; it goes with the case. */
  static Alerts over(ClusterBench bench, CaseRun run) throws Exception {
    List<String> targets = PrometheusCases.targets(bench.cluster().api());
    PrometheusServer prometheus =
        PrometheusServer.startWith(
            run.workspace(),
            targets.stream().map(each -> new PrometheusServer.Target(each, Map.of())).toList(),
            Optional.of(bench.build().chart().resolve("files/rules.yaml")),
            (int) SCRAPE.toSeconds());
    prometheus.awaitScrape(targets.size());
    return new Alerts(prometheus);
  }

  /** What the label {@code instance} is for a node. */
  static String target(Machine machine) {
    return machine.address() + ":" + ADMIN_PORT;
  }

  PrometheusServer prometheus() {
    return prometheus;
  }

  /** {@code pending} or {@code firing}; else empty. */
  String state(String alert, String label, String value) throws IOException {
    return prometheus.alert(alert, label, value);
  }

  void awaitRaised(String alert, String label, String value) throws Exception {
    awaitRaised(alert, label, value, () -> {});
  }

  /** Waits until it is pending or fires. */
  void awaitRaised(String alert, String label, String value, Symptom meanwhile) throws Exception {
    Await.until(
        alert + " for " + value,
        PATIENCE,
        BETWEEN_LOOKS,
        () -> {
          meanwhile.meet();
          return !state(alert, label, value).isEmpty();
        });
  }

  /** Waits until it is neither. */
  void awaitOver(String alert, String label, String value) throws Exception {
    Await.until(
        "no " + alert + " for " + value,
        PATIENCE,
        BETWEEN_LOOKS,
        () -> state(alert, label, value).isEmpty());
  }

  /** Whether it was pending or fired at any time. */
  boolean wereRaised(String alert, String label, String value) throws IOException {
    return prometheus.ask(
            "count(last_over_time(ALERTS{alertname=\"%s\", %s=\"%s\"}[1h]))"
                .formatted(alert, label, value))
        > 0;
  }

  /** Waits until that target has been read well since now. */
  void awaitScraped(String target) throws Exception {
    double since = System.currentTimeMillis() / 1e3;
    String up = "up{instance=\"%s\"}".formatted(target);
    Await.until(
        target + " is read",
        PATIENCE,
        () -> prometheus.ask("(%s == 1) * (timestamp(%s) > bool %f)".formatted(up, up, since)) > 0);
  }

  /** What somebody does who meets a fault. */
  @FunctionalInterface
  interface Symptom {
    void meet() throws Exception;
  }
}
