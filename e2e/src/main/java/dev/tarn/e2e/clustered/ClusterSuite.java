package dev.tarn.e2e.clustered;

import dev.tarn.e2e.laptop.LaptopCluster;
import dev.tarn.e2e.process.Workspace;
import dev.tarn.e2e.run.Case;
import dev.tarn.e2e.run.Need;
import dev.tarn.e2e.run.Suite;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A real Kubernetes on one machine, with Tarn in it. */
public final class ClusterSuite implements Suite<ClusterBench> {
  private static final Duration CASE_LIMIT = Duration.ofMinutes(20);
  private static final Duration HOLD_LIMIT = Duration.ofDays(30);

  private final boolean hold;

  /**
   * The suite.
   *
   * @param hold whether to try nothing and let somebody look around
   */
  public ClusterSuite(boolean hold) {
    this.hold = hold;
  }

  @Override
  public String name() {
    return "cluster";
  }

  @Override
  public String summary() {
    return "a real Kubernetes on one machine: kubelets start pods whose images come through Tarn";
  }

  @Override
  public List<Need> needs() {
    return LaptopCluster.needs();
  }

  @Override
  public Duration caseLimit() {
    return hold ? HOLD_LIMIT : CASE_LIMIT;
  }

  @Override
  public List<Case<ClusterBench>> cases() {
    if (hold) {
      return List.of(Case.of(HoldCase.NAME, HoldCase::run));
    }
    List<Case<ClusterBench>> cases = new ArrayList<>();
    cases.addAll(WorkloadCases.cases());
    cases.addAll(PrometheusCases.cases());
    cases.addAll(RolloutCases.cases());
    cases.addAll(FailureCases.all());
    cases.addAll(ChangeCases.all());
    cases.addAll(UpgradeCases.all());
    cases.addAll(DiskCases.all());
    return cases;
  }

  @Override
  public ClusterBench open(Workspace workspace) throws Exception {
    return ClusterBench.open(workspace);
  }
}
