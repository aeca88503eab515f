package dev.tarn.e2e.chart;

import dev.tarn.e2e.kube.ControlPlane;
import dev.tarn.e2e.process.Workspace;
import dev.tarn.e2e.run.Case;
import dev.tarn.e2e.run.Need;
import dev.tarn.e2e.run.Suite;
import java.util.ArrayList;
import java.util.List;

/** The Helm chart: what it makes of values, and what a real control plane makes of that. */
public final class ChartSuite implements Suite<ChartBench> {
  private final boolean quick;

  /**
   * The suite.
   *
   * @param quick whether one case of each group will do of those that take long
   */
  public ChartSuite(boolean quick) {
    this.quick = quick;
  }

  @Override
  public String name() {
    return "chart";
  }

  @Override
  public String summary() {
    return "the Helm chart: helm lint, Kubernetes' schemas, the programs' own words, a real control plane";
  }

  @Override
  public List<Need> needs() {
    List<Need> needs =
        new ArrayList<>(
            List.of(
                Need.goTool("helm"),
                Need.goTool("kubeconform"),
                Need.goTool(ChartBench.OPERATORS)));
    needs.addAll(ControlPlane.needs());
    ChartBench.kubernetes().forEach(version -> needs.add(Need.goTool(ChartBench.API + version)));
    return needs;
  }

  @Override
  public List<Case<ChartBench>> cases() {
    List<Case<ChartBench>> cases = new ArrayList<>();
    cases.add(Case.of("helm lint --strict", ChartCases::lint));
    for (String version : ChartBench.kubernetes()) {
      cases.add(
          Case.of(
              "Kubernetes " + version + " knows every field",
              (bench, run) -> ChartCases.conform(bench, run, version)));
    }
    cases.add(Case.of("a field that Kubernetes does not know is found", ChartCases::strict));
    cases.add(Case.of("tarn config check takes every tarn.yaml", ChartCases::serverConfigurations));
    cases.add(
        Case.of("tarn agent config check takes every agent.toml", ChartCases::agentConfigurations));
    cases.add(Case.of("the programs know every command", ChartCases::commands));
    cases.add(Case.of("wrong values are refused, with their names", ChartCases::refusals));
    cases.add(Case.of("what is asked for is there, and nothing else", ChartCases::contents));
    cases.add(Case.of("the values in the documentation are taken", DocumentedValues::render));
    cases.add(Case.of("peer certificates are made and renewed", ChartCases::certificates));
    cases.add(Case.of("rules and dashboard are the files, where asked for", MonitoringCases::all));
    cases.addAll(AdmissionCases.all());
    addSome(RightsCases.all(), cases);
    addSome(ReleaseCases.all(), cases);
    addSome(CertificateCases.all(), cases);
    addSome(UninstallCases.all(), cases);
    if (!quick) {
      cases.addAll(MembershipCases.all());
    }
    return cases;
  }

  private void addSome(List<Case<ChartBench>> group, List<Case<ChartBench>> cases) {
    cases.addAll(quick ? group.subList(0, 1) : group);
  }

  @Override
  public ChartBench open(Workspace workspace) throws Exception {
    return ChartBench.open(workspace);
  }
}
