package dev.tarn.e2e.operate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.e2e.operate.MonitoringFiles.Alert;
import dev.tarn.e2e.operate.MonitoringFiles.Recording;
import dev.tarn.e2e.operate.MonitoringFiles.RuleTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Alerts, their sections in docs/operations.md, the dashboard, and the metrics that there are, held
 * against each other.
 */
class OperationsTest {
  private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();
  private static final String PAGE = "docs/operations.md#";

  private static final Pattern HEADING = Pattern.compile("(?m)^(#{2,3}) (.+)$");
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `([a-z0-9_]+)` \\| \\w+ \\| ([^|]*)\\|");
  private static final Pattern METRIC =
      Pattern.compile(
          "(?<![\\w:])((?:tarn|containerd_config_agent|jvm|process|system)_[a-z0-9_]+)(?![\\w:])"
              + "(?:\\{([^}]*)})?");
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)(?:=~|!~|!=|=)\"");
  private static final Pattern RECORDED = Pattern.compile("[a-z_]+:tarn_[a-z_]+:[a-z0-9_]+");
  private static final Pattern OWN_LINK = Pattern.compile("\\]\\(#([^)]+)\\)");
  private static final Pattern PART = Pattern.compile("_(?:bucket|count|sum)$");
  private static final Pattern EVENT = Pattern.compile("`([a-z]+(?:_[a-z]+)+)`");

  /** What Prometheus and its targets add, whatever the metric. */
  private static final Set<String> OF_THE_SCRAPE = Set.of("job", "instance", "namespace", "le");

  private MonitoringFiles files;
  private Map<String, String> sections;

  @BeforeEach
  void read() throws Exception {
    files = MonitoringFiles.of(REPOSITORY);
    sections = new LinkedHashMap<>();
    List<MatchResult> headings = HEADING.matcher(files.page()).results().toList();
    for (int i = 0; i < headings.size(); i++) {
      int end = i + 1 < headings.size() ? headings.get(i + 1).start() : files.page().length();
      String text = files.page().substring(headings.get(i).end(), end);
      assertThat(sections.put(anchor(headings.get(i).group(2)), text)).isNull();
    }
  }

  @Test
  void eachAlertHasASectionThatSaysWhatItMeansWhereToLookAndWhatToDo() {
    assertThat(files.alerts()).hasSizeGreaterThan(25);
    for (Alert alert : files.alerts()) {
      assertThat(alert.runbook()).as(alert.name()).startsWith(PAGE);
      String section = sections.get(alert.runbook().substring(PAGE.length()));
      assertThat(section).as(alert.runbook()).isNotNull();
      assertThat(section)
          .as(alert.runbook())
          .startsWith("\n\n`" + alert.name() + "`.")
          .contains("**Means:**", "**See:**", "**Do:**");
    }
    assertThat(files.alerts()).extracting(Alert::name).doesNotHaveDuplicates();
    assertThat(files.alerts()).extracting(Alert::runbook).doesNotHaveDuplicates();
  }

  @Test
  void eachSectionOfAnAlertHasItsAlert() {
    Set<String> linked =
        files.alerts().stream()
            .map(alert -> alert.runbook().substring(PAGE.length()))
            .collect(Collectors.toSet());
    sections.forEach(
        (anchor, text) -> {
          if (text.contains("**Means:**")) {
            assertThat(linked).contains(anchor);
          }
        });
  }

  @Test
  void severitiesAreThree() {
    assertThat(files.alerts())
        .extracting(Alert::severity)
        .isSubsetOf("critical", "warning", "info");
  }

  @Test
  void eachAlertIsTriedWhereItFiresAndWhereItJustDoesNot() throws Exception {
    for (Alert alert : files.alerts()) {
      assertThat(testsOf(alert.name() + " fires"))
          .as(alert.name())
          .isNotEmpty()
          .allMatch(test -> test.alert().equals(alert.name()) && test.expected() > 0);
      assertThat(testsOf(alert.name() + " near miss"))
          .as(alert.name())
          .isNotEmpty()
          .allMatch(test -> test.alert().equals(alert.name()) && test.expected() == 0);
    }
  }

  private List<RuleTest> testsOf(String prefix) throws Exception {
    return files.tests().stream().filter(test -> test.name().startsWith(prefix + ":")).toList();
  }

  @Test
  void eachMetricAndLabelThatIsAskedForExists() throws Exception {
    Map<String, Set<String>> known = metrics();
    List<String> unknown = new ArrayList<>();
    Set<String> named = new HashSet<>();
    for (String text : everyExpression()) {
      Matcher metric = METRIC.matcher(text);
      while (metric.find()) {
        String name = metric.group(1);
        Set<String> labels = known.get(known.containsKey(name) ? name : base(name));
        if (labels == null) {
          unknown.add(name + " in " + text);
        } else if (metric.group(2) != null) {
          LABEL
              .matcher(metric.group(2))
              .results()
              .map(label -> label.group(1))
              .filter(label -> !labels.contains(label) && !OF_THE_SCRAPE.contains(label))
              .forEach(label -> unknown.add(name + "{" + label + "} in " + text));
        }
        named.add(name);
      }
    }
    assertThat(unknown).isEmpty();
    assertThat(named).hasSizeGreaterThan(50);
  }

  @Test
  void eachRecordedSeriesThatIsAskedForExists() {
    Set<String> recorded =
        files.recordings().stream().map(Recording::name).collect(Collectors.toSet());
    assertThat(recorded).hasSameSizeAs(files.recordings());
    for (String text : everyExpression()) {
      assertThat(recorded)
          .containsAll(RECORDED.matcher(text).results().map(MatchResult::group).toList());
    }
  }

  @Test
  void linksWithinThePageLeadSomewhere() {
    assertThat(OWN_LINK.matcher(files.page()).results().map(link -> link.group(1)))
        .isNotEmpty()
        .isSubsetOf(sections.keySet());
  }

  @Test
  void eventsThatSectionsLookForAreLogged() throws Exception {
    Set<String> named =
        sections.values().stream()
            .filter(section -> section.contains("**See:**"))
            .flatMap(section -> EVENT.matcher(section).results())
            .map(event -> event.group(1))
            .filter(event -> !METRIC.matcher(event).matches())
            .collect(Collectors.toCollection(TreeSet::new));
    String code = sources();
    String labels = Files.readString(REPOSITORY.resolve("docs/metrics.md"));
    assertThat(named)
        .isNotEmpty()
        .allMatch(event -> code.contains('"' + event + '"') || labels.contains('`' + event + '`'));
  }

  private List<String> everyExpression() {
    return Stream.of(
            files.alerts().stream().map(Alert::expression),
            files.recordings().stream().map(Recording::expression),
            files.dashboardQueries().stream(),
            Arrays.stream(files.page().split("`", -1)))
        .flatMap(texts -> texts)
        .toList();
  }

  private static String base(String name) {
    return PART.matcher(name).replaceFirst("");
  }

  /** The names in the tables of the documentation, with their labels. */
  private static Map<String, Set<String>> metrics() throws Exception {
    Map<String, Set<String>> metrics = new LinkedHashMap<>();
    rows(metrics, "docs/metrics.md", "");
    rows(metrics, "docs/agent.md", "containerd_config_agent_");
    assertThat(metrics).hasSizeGreaterThan(80);
    return metrics;
  }

  private static void rows(Map<String, Set<String>> metrics, String page, String prefix)
      throws Exception {
    Matcher row = ROW.matcher(Files.readString(REPOSITORY.resolve(page)));
    while (row.find()) {
      metrics.put(
          prefix + row.group(1),
          Arrays.stream(row.group(2).split(",", -1))
              .map(String::strip)
              .collect(Collectors.toSet()));
    }
  }

  /** As the places where Markdown is read make it of a heading. */
  private static String anchor(String heading) {
    return heading.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9 _-]", "").replace(' ', '-');
  }

  private static String sources() throws Exception {
    StringBuilder all = new StringBuilder();
    for (String module : List.of("mirror-server", "containerd-config-agent")) {
      try (Stream<Path> walked = Files.walk(REPOSITORY.resolve(module + "/src/main/java"))) {
        for (Path file : walked.filter(f -> f.toString().endsWith(".java")).toList()) {
          all.append(Files.readString(file));
        }
      }
    }
    return all.toString();
  }
}
