package dev.tarn.e2e.suite;

import dev.tarn.e2e.process.Workspace;
import dev.tarn.e2e.run.Case;
import dev.tarn.e2e.run.Need;
import dev.tarn.e2e.run.Suite;
import java.util.ArrayList;
import java.util.List;

/** The OCI distribution-spec's own conformance suite reads through Tarn. */
public final class ConformanceSuite implements Suite<ConformanceBench> {
  @Override
  public String name() {
    return "conformance";
  }

  @Override
  public String summary() {
    return "the OCI conformance suite, pull and content discovery, through Tarn in both addressings";
  }

  @Override
  public List<Need> needs() {
    return List.of(Need.goTool("conformance"), Need.goTool("olareg"));
  }

  @Override
  public List<Case<ConformanceBench>> cases() {
    List<Case<ConformanceBench>> cases = new ArrayList<>();
    cases.add(Case.of("control: the suite against upstream itself", ConformanceCases::control));
    for (Addressing addressing : Addressing.values()) {
      ConformanceCases with = new ConformanceCases(addressing);
      String suffix = ", " + addressing.title();
      cases.add(Case.of("what upstream holds" + suffix, with::held));
      cases.add(Case.of("what is pushed upstream meanwhile" + suffix, with::pushedMeanwhile));
    }
    return cases;
  }

  @Override
  public ConformanceBench open(Workspace workspace) throws Exception {
    return ConformanceBench.open(workspace);
  }
}
