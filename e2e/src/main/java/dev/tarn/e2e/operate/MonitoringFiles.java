package dev.tarn.e2e.operate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** What the repository has for Prometheus and Grafana, read. */
final class MonitoringFiles {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");
  private static final Pattern EXPRESSION =
      Pattern.compile("(?:tarn_|containerd_config_agent_)\\w+(?:\\{|\\[| [=<>]| /)|:tarn_\\w+:");

  /** A rule that fires. */
  record Alert(String name, String expression, String severity, String runbook) {}

  /** A rule that keeps an expression under a name. */
  record Recording(String name, String expression) {}

  private final Path repository;
  private final JsonNode rules;
  private final JsonNode dashboard;
  private final String page;

  private MonitoringFiles(Path repository) throws IOException {
    this.repository = repository;
    this.rules = yaml(rulesFile());
    this.dashboard = JSON.readTree(repository.resolve("helm/tarn/files/dashboard.json").toFile());
    this.page = Files.readString(repository.resolve("docs/operations.md"));
  }

  static MonitoringFiles of(Path repository) throws IOException {
    return new MonitoringFiles(repository);
  }

  Path rulesFile() {
    return repository.resolve("helm/tarn/files/rules.yaml");
  }

  /** What promtool holds the rules to. */
  Path testsFile() {
    return repository.resolve("e2e/rules/alerts.yaml");
  }

  /** The page for operators. */
  String page() {
    return page;
  }

  List<Alert> alerts() {
    return rules().stream()
        .filter(rule -> rule.has("alert"))
        .map(
            rule ->
                new Alert(
                    rule.path("alert").asText(),
                    rule.path("expr").asText(),
                    rule.path("labels").path("severity").asText(),
                    rule.path("annotations").path("runbook_url").asText()))
        .toList();
  }

  List<Recording> recordings() {
    return rules().stream()
        .filter(rule -> rule.has("record"))
        .map(rule -> new Recording(rule.path("record").asText(), rule.path("expr").asText()))
        .toList();
  }

  /** What the dashboard asks, with its variables filled in as for all nodes and five minutes. */
  List<String> dashboardQueries() {
    List<String> queries = new ArrayList<>();
    for (JsonNode panel : dashboard.path("panels")) {
      for (JsonNode target : panel.path("targets")) {
        queries.add(
            target
                .path("expr")
                .asText()
                .replace("$__rate_interval", "5m")
                .replace("$__range", "5m")
                .replace("$job", ".*")
                .replace("$instance", ".*"));
      }
    }
    return queries;
  }

  /** The expressions that the page for operators shows between backticks. */
  List<String> documentedQueries() {
    return CODE.matcher(page)
        .results()
        .map(code -> code.group(1))
        .filter(code -> EXPRESSION.matcher(code).find() && !code.contains("…"))
        .toList();
  }

  /** The names of promtool's tests, with the alerts that each expects. */
  List<RuleTest> tests() throws IOException {
    List<RuleTest> tests = new ArrayList<>();
    for (JsonNode test : yaml(testsFile()).path("tests")) {
      for (JsonNode alert : test.path("alert_rule_test")) {
        tests.add(
            new RuleTest(
                test.path("name").asText(),
                alert.path("alertname").asText(),
                alert.path("exp_alerts").size()));
      }
    }
    return tests;
  }

  /** One look at one alert. */
  record RuleTest(String name, String alert, int expected) {}

  private List<JsonNode> rules() {
    List<JsonNode> all = new ArrayList<>();
    rules.path("groups").forEach(group -> group.path("rules").forEach(all::add));
    return all;
  }

  private static JsonNode yaml(Path file) throws IOException {
    Object document =
        new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(file));
    return JSON.valueToTree(document);
  }
}
