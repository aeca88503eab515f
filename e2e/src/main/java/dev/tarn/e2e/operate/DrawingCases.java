package dev.tarn.e2e.operate;

import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.node.TarnNode;
import dev.tarn.e2e.operate.Dashboard.Panel;
import dev.tarn.e2e.operate.Dashboard.Row;
import dev.tarn.e2e.operate.Dashboard.Target;
import dev.tarn.e2e.process.Tools;
import dev.tarn.e2e.prometheus.PrometheusServer;
import dev.tarn.e2e.run.CaseRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** The dashboard, as an operator sees it. */
final class DrawingCases {
  private static final int MAX_BYTES = 300_000;
  private static final int POINTS = 600;
  private static final Duration SCRAPE = Duration.ofSeconds(1);
  private static final Duration SETTLING = Duration.ofSeconds(60);
  private static final Duration WARMING_UP = Duration.ofSeconds(10);
  private static final Duration AT_WORK = Duration.ofSeconds(30);
  private static final Duration AT_WORK_FOR_PICTURES = Duration.ofMinutes(2);
  private static final Duration TOLD = Duration.ofMinutes(4);

  /** Panels without a series where nothing goes wrong, and why. */
  private static final Map<String, String> MAY_BE_EMPTY =
      Map.of(
          "What fires", "nothing does",
          "Left of the rate limit", "the registry tells of none",
          "Tags answered by what was last known", "the registries answer",
          "Bodies that broke off or stalled", "none does",
          "Evicted", "only where the cache was too small for what was pulled",
          "Shunned: nodes that avoid most others", "nobody is shunned",
          "Questions and chunks that came to nothing", "where all came to something",
          "What other nodes did wrong", "they do nothing wrong",
          "Nodes that do not use it", "each does");

  /** What stands in a picture of its own, so that none is too tall. */
  private static final Map<String, List<String>> PICTURES = pictures();

  private final Optional<Path> screenshots;

  /** With where pictures are to go, if they are to stay. */
  DrawingCases(Optional<Path> screenshots) {
    this.screenshots = screenshots;
  }

  private static Map<String, List<String>> pictures() {
    Map<String, List<String>> pictures = new LinkedHashMap<>();
    pictures.put("dashboard", List.of("Is it fine?", "What it saves"));
    pictures.put("dashboard-upstream", List.of("How clients fare", "Upstream"));
    pictures.put("dashboard-nodes", List.of("Disks", "Peers"));
    pictures.put("dashboard-agent", List.of("containerd and the agent", "The processes"));
    return pictures;
  }

  void drawn(OperateBench bench, CaseRun run) throws Exception {
    Fleet fleet = Fleet.start(run.workspace());
    PrometheusServer prometheus =
        PrometheusServer.startWith(
            run.workspace(), targets(fleet), Optional.of(bench.files().rulesFile()), 1);
    Await.until(
        "every node is read, and its agent heard of",
        SETTLING,
        () -> prometheus.series("containerd_config_agent_verdict").size() >= fleet.nodes().size());
    Duration length = screenshots.isPresent() ? AT_WORK_FOR_PICTURES : AT_WORK;
    Workday workday = new Workday(fleet);
    int pulls = workday.go(WARMING_UP) + workday.go(length);

    Dashboard dashboard =
        Dashboard.read(Tools.repository().resolve("helm/tarn/files/dashboard.json"));
    Window window = last(length);
    Drawing drawing = new Drawing(window, answers(prometheus, dashboard, window));
    List<String> silent =
        dashboard.rows().stream()
            .flatMap(row -> row.panels().stream())
            .filter(drawing::empty)
            .map(Panel::title)
            .filter(title -> !MAY_BE_EMPTY.containsKey(title))
            .toList();
    for (Map.Entry<String, List<String>> picture : PICTURES.entrySet()) {
      take(run, picture.getKey(), drawing, dashboard, picture.getValue());
    }
    run.check(silent.isEmpty(), "panels without an answer: " + silent);
    List<Series> firing = Series.of(prometheus.series(PrometheusServer.FIRING, window.to()));
    run.check(firing.isEmpty(), "alerts where all is well: " + firing);
    run.figure("pulls", pulls);
    run.figure("panels", dashboard.rows().stream().mapToInt(row -> row.panels().size()).sum());
    if (screenshots.isPresent()) {
      inTrouble(run, fleet, prometheus, dashboard);
    }
  }

  /** With the labels that the chart's monitors give, so that legends look as in a cluster. */
  private static List<PrometheusServer.Target> targets(Fleet fleet) {
    return IntStream.range(0, fleet.nodes().size())
        .mapToObj(
            number ->
                new PrometheusServer.Target(
                    fleet.nodes().get(number).adminAuthority(),
                    Map.of("namespace", "tarn", "node", Fleet.name(number))))
        .toList();
  }

  private static Window last(Duration length) {
    Instant now = Instant.ofEpochSecond(Instant.now().getEpochSecond());
    return new Window(now.minus(length), now, SCRAPE, POINTS);
  }

  private static Map<Target, List<Series>> answers(
      PrometheusServer prometheus, Dashboard dashboard, Window window) throws IOException {
    Map<Target, List<Series>> answers = new LinkedHashMap<>();
    for (Row row : dashboard.rows()) {
      for (Panel panel : row.panels()) {
        for (Target target : panel.targets()) {
          String query = window.fill(target.query());
          answers.put(
              target,
              Series.of(
                  target.instant()
                      ? prometheus.series(query, window.to())
                      : prometheus.series(query, window.firstStep(), window.to(), window.step())));
        }
      }
    }
    return answers;
  }

  /** A registry does not answer any more, until that is an alert; another one does. */
  private void inTrouble(CaseRun run, Fleet fleet, PrometheusServer prometheus, Dashboard dashboard)
      throws Exception {
    fleet.upstream(Fleet.OWN).stop();
    List<Ship> asked = List.of(anyOf(fleet, Fleet.OWN), anyOf(fleet, Fleet.PUBLIC));
    Await.until(
        "an alert fires",
        TOLD,
        () -> {
          for (TarnNode node : fleet.nodes()) {
            asked.forEach(ship -> ship.resolve(node));
          }
          return !prometheus
              .series(PrometheusServer.FIRING, last(AT_WORK_FOR_PICTURES).to())
              .isEmpty();
        });
    Window window = last(AT_WORK_FOR_PICTURES);
    Drawing drawing = new Drawing(window, answers(prometheus, dashboard, window));
    take(run, "dashboard-trouble", drawing, dashboard, List.of("Is it fine?", "Upstream"));
  }

  private static Ship anyOf(Fleet fleet, String registry) {
    return fleet.ships().stream()
        .filter(ship -> ship.registry().equals(registry))
        .findFirst()
        .orElseThrow();
  }

  private void take(
      CaseRun run, String name, Drawing drawing, Dashboard dashboard, List<String> headings)
      throws IOException {
    List<Row> rows = headings.stream().map(dashboard::row).toList();
    Path page = run.workspace().directory().resolve(name + ".html");
    Files.writeString(page, drawing.page(dashboard, rows));
    byte[] png = Photograph.of(run.workspace(), page, Drawing.WIDTH, Drawing.height(rows));
    if (png.length > MAX_BYTES) {
      throw new CaseFailed(name + " has " + png.length + " bytes");
    }
    Path directory =
        screenshots.orElseGet(() -> run.workspace().directory().resolve("screenshots"));
    Files.createDirectories(directory);
    Files.write(directory.resolve(name + ".png"), png);
    run.figure(name.replace('-', '_') + "_bytes", png.length);
  }
}
