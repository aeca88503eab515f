package dev.tarn.e2e.clustered;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.kube.Trees;
import dev.tarn.e2e.operate.Panels;
import dev.tarn.e2e.page.Browser;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.prometheus.PrometheusServer;
import dev.tarn.e2e.run.CaseRun;
import dev.tarn.e2e.run.Need;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What an operator has to look at when something is wrong with a node: its status page, the status
 * of the cluster as another node tells it, the dashboard, the alerts, and {@code tarn doctor} in
 * the node's pod.
 */
final class Lookout {
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
  private static final double WITHIN_SECONDS = 60;
  private static final int LOOKS = 7;

  private final CaseRun run;
  private final ClusterBench bench;
  private final Alerts alerts;
  private final Panels panels;
  private final Browser browser;
  private final String node;
  private final String other;
  private final String target;

  /** When each of them first named the cause, in seconds. */
  private final Map<String, Double> named = new TreeMap<>();

  private Lookout(
      CaseRun run, ClusterBench bench, Alerts alerts, Panels panels, String node, String other) {
    this.run = run;
    this.bench = bench;
    this.alerts = alerts;
    this.panels = panels;
    this.browser = Browser.start(run.workspace());
    this.node = node;
    this.other = other;
    this.target = Alerts.target(bench.laptop().machine(node));
  }

  /** What has to be there for it. */
  static List<Need> needs() {
    return Stream.concat(
            Stream.of(Need.debian("prometheus", "prometheus")), Browser.needs().stream())
        .toList();
  }

  /** Begins to watch; Prometheus and the browser go with the case. */
  static Lookout over(ClusterBench bench, CaseRun run, String node) throws Exception {
    Alerts alerts = Alerts.over(bench, run);
    Panels panels =
        new Panels(
            bench.build().chart().resolve("files/dashboard.json"),
            alerts.prometheus(),
            Alerts.SCRAPE);
    String other =
        bench.cluster().nodes().stream()
            .filter(name -> !name.equals(node))
            .findFirst()
            .orElseThrow();
    return new Lookout(run, bench, alerts, panels, node, other);
  }

  /**
   * By what the cause is known.
   *
   * @param code of the finding
   * @param alert its name
   * @param panel of the dashboard
   * @param limit above which the panel's value is the fault
   * @param registry that it is about; it is the node's own where there is none
   */
  record Signs(String code, String alert, String panel, double limit, Optional<String> registry) {}

  /** Opens the node's status page, and waits until the node finds nothing wrong. */
  void awaitQuiet() throws Exception {
    browser.open(URI.create("http://" + target + "/"));
    Await.until(
        node + " finds nothing wrong: " + page(node, "status"),
        PATIENCE,
        BETWEEN_LOOKS,
        () -> Trees.text(status(node), "verdict").equals("fine"));
  }

  /**
   * Looks until all of them have named the cause, which must take less than a minute from now.
   *
   * @param symptom what somebody does who meets the fault, again and again
   */
  void awaitAll(Signs signs, Alerts.Symptom symptom) throws Exception {
    long start = System.nanoTime();
    Await.until(
        "everybody names " + signs.code() + "; so far " + named,
        PATIENCE,
        BETWEEN_LOOKS,
        () -> {
          symptom.meet();
          look("status_s", start, () -> finds(status(node), signs.code()));
          look("page_s", start, () -> pageNames(signs));
          look("cluster_s", start, () -> finds(cluster(), signs.code()));
          look("dashboard_s", start, () -> dashboardNames(signs));
          look("alert_pending_s", start, () -> !alert(signs).isEmpty());
          look("alert_s", start, () -> alert(signs).equals("firing"));
          look("doctor_s", start, () -> finds(doctor(), signs.code()));
          return named.size() == LOOKS;
        });
    keep();
    named.forEach(run::figure);
    named.forEach(
        (who, seconds) ->
            run.check(seconds < WITHIN_SECONDS, who + ": " + seconds + ", more than a minute"));
  }

  /** Checks that other alerts, whose conditions are met as well, are pending or fire by now. */
  void alsoRaised(Signs signs, String... others) throws Exception {
    Panels.Label label = label(signs);
    for (String alert : others) {
      alerts.awaitRaised(alert, label.name(), label.value());
    }
  }

  /** For whoever wants to see what they said, not only that they did. */
  private void keep() throws Exception {
    Path directory = run.workspace().directory();
    Files.write(directory.resolve("page.png"), browser.screenshot());
    Files.writeString(directory.resolve("doctor.json"), doctor().toPrettyString());
    Files.writeString(
        directory.resolve("alerts.json"),
        alerts.prometheus().series(PrometheusServer.FIRING).toPrettyString());
  }

  @FunctionalInterface
  private interface Look {
    boolean sees() throws Exception;
  }

  private void look(String who, long start, Look look) throws Exception {
    if (!named.containsKey(who) && look.sees()) {
      named.put(who, Math.round((System.nanoTime() - start) / 1e8) / 10.0);
    }
  }

  /** The page was opened before, and follows by itself. */
  private boolean pageNames(Signs signs) {
    String why = browser.text("#verdict-why").toLowerCase(Locale.ROOT);
    return why.contains(signs.code().replace('-', ' '))
        && signs.registry().stream().allMatch(why::contains);
  }

  private boolean dashboardNames(Signs signs) throws IOException {
    return panels.isAbove(signs.panel(), signs.limit(), label(signs));
  }

  private Panels.Label label(Signs signs) {
    return signs
        .registry()
        .map(registry -> new Panels.Label("registry", registry))
        .orElseGet(() -> new Panels.Label("instance", target));
  }

  private static boolean finds(JsonNode answer, String code) {
    return Trees.list(answer, "findings").stream()
        .filter(finding -> Trees.text(finding, "severity").equals("trouble"))
        .anyMatch(finding -> Trees.text(finding, "code").equals(code));
  }

  private JsonNode status(String of) {
    return Trees.json(page(of, "status"));
  }

  /** As another node has heard. */
  private JsonNode cluster() {
    return Trees.json(page(other, "cluster"));
  }

  private String page(String of, String what) {
    return bench.cluster().page(of, Alerts.ADMIN_PORT, "/api/v1/" + what);
  }

  private String alert(Signs signs) throws IOException {
    Panels.Label label = label(signs);
    return alerts.state(signs.alert(), label.name(), label.value());
  }

  /** By {@code kubectl exec}, as docs/commands.md has it. */
  private JsonNode doctor() throws Exception {
    Child.Finished said =
        bench
            .cluster()
            .kubectl(
                "-n",
                bench.release().namespace(),
                "exec",
                Trees.text(bench.release().pod(node), "metadata.name"),
                "-c",
                "tarn",
                "--",
                "/opt/java/bin/java",
                "@/opt/tarn/tool.args",
                "doctor",
                "--output",
                "json");
    // kubectl has a word of its own about the exit status.
    String output = said.output();
    int end = output.lastIndexOf('}') + 1;
    return Trees.json(output.substring(Math.min(Math.max(0, output.indexOf('{')), end), end));
  }
}
