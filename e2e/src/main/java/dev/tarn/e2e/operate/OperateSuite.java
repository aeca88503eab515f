package dev.tarn.e2e.operate;

import dev.tarn.e2e.process.Workspace;
import dev.tarn.e2e.run.Case;
import dev.tarn.e2e.run.Need;
import dev.tarn.e2e.run.Suite;
import java.util.List;

/** Alerts, recording rules and the dashboard. */
public final class OperateSuite implements Suite<OperateBench> {
  @Override
  public String name() {
    return "operate";
  }

  @Override
  public String summary() {
    return "alerts by promtool; rules, dashboard and documented queries by a real Prometheus";
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
        Case.of("a registry that is gone is told within a minute", QueryCases::upstreamGone));
  }

  @Override
  public OperateBench open(Workspace workspace) throws Exception {
    return OperateBench.open();
  }
}
