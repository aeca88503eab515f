package dev.tarn.e2e.clustered;

import dev.tarn.e2e.process.Workspace;
import dev.tarn.e2e.run.Case;
import dev.tarn.e2e.run.Need;
import dev.tarn.e2e.run.Suite;
import java.util.ArrayList;
import java.util.List;

/** A real Kubernetes on one machine, with Tarn in it. */
public final class ClusterSuite implements Suite<ClusterBench> {
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
    return List.of(Need.root());
  }

  @Override
  public List<Case<ClusterBench>> cases() {
    List<Case<ClusterBench>> cases = new ArrayList<>();
    return cases;
  }

  @Override
  public ClusterBench open(Workspace workspace) throws Exception {
    return ClusterBench.open(workspace);
  }
}
