package dev.tarn.e2e.operate;

import dev.tarn.e2e.cluster.Certificates;
import dev.tarn.e2e.page.Chromium;
import dev.tarn.e2e.process.Workspace;
import dev.tarn.e2e.run.Case;
import dev.tarn.e2e.run.Need;
import dev.tarn.e2e.run.Suite;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Alerts, recording rules and the dashboard. */
public final class OperateSuite implements Suite<OperateBench> {
  /** The options of the command line that it takes, each with a value. */
  public static final Set<String> OPTIONS = Set.of("--screenshots");

  private final Optional<Path> screenshots;

  /** With the options of the command line, without dashes. */
  public OperateSuite(Map<String, String> options) {
    this.screenshots = Optional.ofNullable(options.get("screenshots")).map(Path::of);
  }

  @Override
  public String name() {
    return "operate";
  }

  @Override
  public String summary() {
    return "alerts by promtool; rules, dashboard and documented queries by a real Prometheus;"
        + " --screenshots DIRECTORY";
  }

  @Override
  public List<Need> needs() {
    return List.of(
        Need.debian("promtool", "prometheus"),
        Need.debian("prometheus", "prometheus"),
        Need.debian("docker-registry", "docker-registry"));
  }

  @Override
  public List<Case<OperateBench>> cases() {
    return List.of(
        Case.of("promtool takes the rules", RuleCases::check),
        Case.of("each alert fires in its case and not in the near miss", RuleCases::test),
        Case.of("an alert that is wrong is found", RuleCases::strict),
        Case.of("a real Prometheus answers every query", QueryCases::answered),
        Case.of("the trace of a pull is found by its time", QueryCases::traced),
        Case.of("a registry that is gone is told within a minute", QueryCases::upstreamGone),
        new Case<>(
            "the dashboard, drawn",
            List.of(Chromium.need(), Certificates.need()),
            new DrawingCases(screenshots)::drawn));
  }

  @Override
  public OperateBench open(Workspace workspace) throws Exception {
    return OperateBench.open();
  }
}
