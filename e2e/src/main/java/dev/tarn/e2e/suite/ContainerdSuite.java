package dev.tarn.e2e.suite;

import dev.tarn.e2e.node.Flavour;
import dev.tarn.e2e.process.Workspace;
import dev.tarn.e2e.run.Case;
import dev.tarn.e2e.run.Need;
import dev.tarn.e2e.run.Suite;
import java.util.ArrayList;
import java.util.List;

/** Real containerds pull through a real Tarn from a real registry, while things go wrong. */
public final class ContainerdSuite implements Suite<Bench> {
  @Override
  public String name() {
    return "containerd";
  }

  @Override
  public String summary() {
    return "containerd 1.6 and 2.x (transfer service and local pull) pull through Tarn";
  }

  @Override
  public List<Need> needs() {
    return List.of(
        Need.root(),
        Need.debian("unshare", "util-linux"),
        Need.debian("docker-registry", "docker-registry"),
        Need.goTool("crictl"));
  }

  @Override
  public List<Case<Bench>> cases() {
    List<Case<Bench>> cases = new ArrayList<>();
    for (Flavour flavour : Flavour.values()) {
      PullCases pulls = new PullCases(flavour);
      OutageCases outages = new OutageCases(flavour);
      CrowdCases crowds = new CrowdCases(flavour);
      add(cases, flavour, "cold pull of 300 MB in four layers", pulls::cold);
      add(cases, flavour, "warm pull of 300 MB in four layers", pulls::warm);
      add(cases, flavour, "index with three platforms: only one platform's blobs", pulls::index);
      add(cases, flavour, "pull with upstream stopped", pulls::upstreamStopped);
      add(cases, flavour, "Tarn killed with -9 in mid-blob", outages::tarnKilled);
      add(cases, flavour, "Tarn restarted in mid-blob", outages::tarnRestarted);
      add(cases, flavour, "upstream dies in mid-blob and comes back", outages::upstreamComesBack);
      add(cases, flavour, "upstream hangs from the start", outages::upstreamHangs);
      add(cases, flavour, "upstream stalls in mid-blob", outages::upstreamStalls);
      add(cases, flavour, "two images that share layers", crowds::sharedLayers);
      add(cases, flavour, "20 pulls at once of one image", crowds::twentyAtOnce);
      if (flavour.second()) {
        add(cases, flavour, "parallel ranges", crowds::parallelRanges);
      }
    }
    return cases;
  }

  private static void add(
      List<Case<Bench>> cases, Flavour flavour, String what, Case.Body<Bench> body) {
    cases.add(new Case<>(flavour.title() + ": " + what, flavour.needs(), body));
  }

  @Override
  public Bench open(Workspace workspace) throws Exception {
    return Bench.open(workspace);
  }
}
