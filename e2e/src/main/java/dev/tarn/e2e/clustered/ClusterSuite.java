package dev.tarn.e2e.clustered;

import dev.tarn.e2e.laptop.ExistingCluster;
import dev.tarn.e2e.laptop.LaptopCluster;
import dev.tarn.e2e.process.Workspace;
import dev.tarn.e2e.run.Case;
import dev.tarn.e2e.run.Need;
import dev.tarn.e2e.run.Suite;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A real Kubernetes on one machine, with Tarn in it. */
public final class ClusterSuite implements Suite<ClusterBench> {
  private static final Duration CASE_LIMIT = Duration.ofMinutes(20);
  private static final Duration HOLD_LIMIT = Duration.ofDays(30);

  /** Options of its own; each takes a value. */
  public static final Set<String> OPTIONS =
      Set.of("--" + ClusterOptions.KUBECONFIG, "--" + ClusterOptions.REGISTRY);

  private final ClusterOptions options;

  /**
   * The suite.
   *
   * @param hold whether to try nothing and let somebody look around
   */
  public ClusterSuite(boolean hold, Map<String, String> options) {
    this.options = ClusterOptions.of(hold, options);
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
    return options.kubeconfig().isPresent() ? ExistingCluster.needs() : LaptopCluster.needs();
  }

  @Override
  public Duration caseLimit() {
    return options.hold() ? HOLD_LIMIT : CASE_LIMIT;
  }

  @Override
  public List<Case<ClusterBench>> cases() {
    if (options.hold()) {
      return List.of(Case.of(HoldCase.NAME, HoldCase::run));
    }
    List<Case<ClusterBench>> cases = new ArrayList<>();
    cases.addAll(InstallCases.all());
    cases.addAll(WorkloadCases.cases(options.machines()));
    addOnMachines(PrometheusCases.cases(), cases);
    addOnMachines(RolloutCases.cases(), cases);
    addOnMachines(FailureCases.all(), cases);
    addOnMachines(ChangeCases.all(), cases);
    addOnMachines(UpgradeCases.all(), cases);
    addOnMachines(DiskCases.all(), cases);
    addOnMachines(OperatorCases.all(), cases);
    addOnMachines(RunbookCases.all(), cases);
    cases.addAll(UninstallCases.all(options.machines()));
    return cases;
  }

  /** Where the cluster is another one, they are skipped, and say why. */
  private void addOnMachines(List<Case<ClusterBench>> some, List<Case<ClusterBench>> cases) {
    for (Case<ClusterBench> each : some) {
      List<Need> needs = new ArrayList<>(each.needs());
      needs.addAll(options.machines());
      cases.add(new Case<>(each.name(), needs, each.body()));
    }
  }

  @Override
  public ClusterBench open(Workspace workspace) throws Exception {
    return ClusterBench.open(workspace, options);
  }
}
