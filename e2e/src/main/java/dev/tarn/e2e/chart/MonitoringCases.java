package dev.tarn.e2e.chart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.process.Tools;
import dev.tarn.e2e.run.CaseRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** What the chart makes for Prometheus and Grafana. */
final class MonitoringCases {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Where the chart's own values for everything say that the documentation is. */
  private static final String DOCUMENTATION = "https://git.example.com/infra/tarn/docs/";

  private MonitoringCases() {}

  static void all(ChartBench bench, CaseRun run) throws IOException {
    String version = ChartBench.newest();
    List<Manifest> none = bench.manifests(Rendering.minimal(version));
    run.check(
        none.stream().noneMatch(MonitoringCases::isMonitoring),
        "something for Prometheus or Grafana that nobody asked for");
    rules(bench, run, version);
    dashboard(bench, run, version);
  }

  private static void rules(ChartBench bench, CaseRun run, String version) throws IOException {
    Path file = Tools.repository().resolve("helm/tarn/files/rules.yaml");
    JsonNode given =
        JSON.valueToTree(
            new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(file)));
    Manifest plain =
        only(
            bench.manifests(Rendering.minimal(version, "monitoring.rules.enabled=true")),
            "PrometheusRule");
    run.check(tree(plain).path("spec").equals(given), "the PrometheusRule is not the file");

    Manifest linked = only(bench.manifests(Rendering.of("everything", version)), "PrometheusRule");
    run.check(
        linked.text("metadata.labels.release").equals("prometheus"),
        "labels of the PrometheusRule");
    List<String> links =
        tree(linked).findValues("runbook_url").stream().map(JsonNode::asText).toList();
    run.check(
        !links.isEmpty()
            && links.stream().allMatch(link -> link.startsWith(DOCUMENTATION + "operations.md#")),
        "runbooks: " + links);
    run.figure("alerts", links.size());
  }

  private static void dashboard(ChartBench bench, CaseRun run, String version) throws IOException {
    JsonNode given =
        JSON.readTree(Tools.repository().resolve("helm/tarn/files/dashboard.json").toFile());
    List<Manifest> sidecar =
        bench.manifests(Rendering.minimal(version, "monitoring.dashboard.configMap.enabled=true"));
    Manifest map = dashboardMap(sidecar);
    run.check(JSON.readTree(map.data("tarn.json")).equals(given), "the dashboard is not the file");
    run.check(
        tree(map).path("metadata").path("labels").path("grafana_dashboard").asText().equals("1"),
        "the sidecar does not find the dashboard");
    run.check(
        ChartCases.ofKind(sidecar, "GrafanaDashboard").isEmpty(), "a GrafanaDashboard unasked");

    List<Manifest> operator =
        bench.manifests(Rendering.minimal(version, "monitoring.dashboard.operator.enabled=true"));
    Manifest custom = only(operator, "GrafanaDashboard");
    Manifest read = dashboardMap(operator);
    run.check(
        custom.text("spec.configMapRef.name").equals(read.name())
            && !read.data(custom.text("spec.configMapRef.key")).isEmpty(),
        "the GrafanaDashboard names a ConfigMap that is not there");
    run.check(
        tree(read).path("metadata").path("labels").path("grafana_dashboard").isMissingNode(),
        "a sidecar would take it, too");
  }

  private static boolean isMonitoring(Manifest manifest) {
    return List.of("PrometheusRule", "GrafanaDashboard", "ServiceMonitor", "PodMonitor")
            .contains(manifest.kind())
        || manifest.name().endsWith("-dashboard");
  }

  private static Manifest only(List<Manifest> manifests, String kind) {
    List<Manifest> found = ChartCases.ofKind(manifests, kind);
    if (found.size() != 1) {
      throw new CaseFailed(found.size() + " of " + kind);
    }
    return found.getFirst();
  }

  private static Manifest dashboardMap(List<Manifest> manifests) {
    return ChartCases.ofKind(manifests, "ConfigMap").stream()
        .filter(map -> map.name().endsWith("-dashboard"))
        .findFirst()
        .orElseThrow(() -> new CaseFailed("no ConfigMap with the dashboard"));
  }

  private static JsonNode tree(Manifest manifest) {
    return JSON.valueToTree(manifest.tree());
  }
}
