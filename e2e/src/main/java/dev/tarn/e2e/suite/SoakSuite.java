package dev.tarn.e2e.suite;

import dev.tarn.e2e.process.Workspace;
import dev.tarn.e2e.run.Case;
import dev.tarn.e2e.run.Need;
import dev.tarn.e2e.run.Suite;
import java.util.List;

/** Many requests of every kind, a good part of them given up half-way, and nothing may be left. */
public final class SoakSuite implements Suite<SoakBench> {
  @Override
  public String name() {
    return "soak";
  }

  @Override
  public String summary() {
    return "10,000 mixed requests with random aborts leave no handle, no file and no memory behind";
  }

  @Override
  public List<Need> needs() {
    return List.of(Need.debian("docker-registry", "docker-registry"));
  }

  @Override
  public List<Case<SoakBench>> cases() {
    return List.of(
        Case.of("10,000 mixed requests with random aborts", SoakCases::roomy),
        Case.of(
            "10,000 mixed requests with random aborts and a store that is too small",
            SoakCases::evicting));
  }

  @Override
  public SoakBench open(Workspace workspace) throws Exception {
    return SoakBench.open(workspace);
  }
}
