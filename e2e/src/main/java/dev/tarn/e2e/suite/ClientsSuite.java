package dev.tarn.e2e.suite;

import dev.tarn.e2e.process.Workspace;
import dev.tarn.e2e.run.Case;
import dev.tarn.e2e.run.Need;
import dev.tarn.e2e.run.Suite;
import java.util.List;

/** Clients that know nothing of mirrors read through Tarn by path prefix. */
public final class ClientsSuite implements Suite<Bench> {
  @Override
  public String name() {
    return "clients";
  }

  @Override
  public String summary() {
    return "skopeo and crane read through Tarn by path prefix";
  }

  @Override
  public List<Need> needs() {
    return List.of(
        Need.debian("skopeo", "skopeo"),
        Need.debian("docker-registry", "docker-registry"),
        Need.goTool("crane"),
        Need.goTool("olareg"));
  }

  @Override
  public List<Case<Bench>> cases() {
    return List.of(
        Case.of("skopeo copy of an image", ClientCases::skopeoCopiesImage),
        Case.of("skopeo copy --all of an index", ClientCases::skopeoCopiesIndex),
        Case.of("skopeo copy with upstream stopped", ClientCases::skopeoWithoutUpstream),
        Case.of("crane pull of an image", ClientCases::cranePulls),
        Case.of("crane validate --remote of an image", ClientCases::craneValidatesImage),
        Case.of("crane validate --remote of an index", ClientCases::craneValidatesIndex),
        Case.of("crane ls of more tags than fit on a page", ClientCases::craneLists));
  }

  @Override
  public Bench open(Workspace workspace) throws Exception {
    return Bench.open(workspace);
  }
}
