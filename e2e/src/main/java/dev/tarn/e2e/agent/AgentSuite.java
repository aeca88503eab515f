package dev.tarn.e2e.agent;

import dev.tarn.e2e.cluster.Certificates;
import dev.tarn.e2e.process.Workspace;
import dev.tarn.e2e.run.Case;
import dev.tarn.e2e.run.Need;
import dev.tarn.e2e.run.Suite;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The containerd-config-agent on real containerds of every minor version. */
public final class AgentSuite implements Suite<AgentBench> {
  public static final Set<String> OPTIONS = AgentOptions.NAMES;

  /** More than processors: a case mostly waits. */
  private static final int SIDE_BY_SIDE = 4;

  private final boolean quick;
  private final AgentOptions options;

  /**
   * Makes the suite.
   *
   * @param quick for a dozen of the combinations, and the other cases on the newest release alone
   * @throws IllegalArgumentException where an option means nothing
   */
  public AgentSuite(boolean quick, Map<String, String> options) {
    this.quick = quick;
    this.options = AgentOptions.of(quick, options);
  }

  @Override
  public String name() {
    return "agent";
  }

  @Override
  public String summary() {
    return "containerd 1.6, 1.7 and every 2.x: hosts.toml by the agent, pulls, and everything back";
  }

  @Override
  public List<Need> needs() {
    return List.of(
        Need.root(),
        Need.debian("unshare", "util-linux"),
        Need.debian("setpriv", "util-linux"),
        Need.debian("docker-registry", "docker-registry"),
        Certificates.need(),
        Need.ownAddress(),
        Need.goTool("crictl"));
  }

  @Override
  public Duration caseLimit() {
    return Duration.ofMinutes(3);
  }

  @Override
  public int sideBySide() {
    return SIDE_BY_SIDE;
  }

  /** The long ones, which wait most of their time, begin first. */
  @Override
  public List<Case<AgentBench>> cases() {
    List<Case<AgentBench>> cases = new ArrayList<>();
    for (Release release : quick ? List.of(Release.V2_4) : List.of(Release.V1_6, Release.V2_4)) {
      addAway(cases, release);
      addHost(cases, release);
      addCanary(cases, release);
      addConfigure(cases, release);
    }
    int number = 0;
    for (Combination each : options.selected()) {
      number++;
      MatrixCase matrix = new MatrixCase(each, number);
      cases.add(new Case<>(each.title(), each.release().needs(), matrix::run));
    }
    return cases;
  }

  private static void addAway(List<Case<AgentBench>> cases, Release release) {
    AwayCases away = new AwayCases(release);
    add(cases, release, "Tarn killed, and back", away::killed);
    add(cases, release, "Tarn comes and goes", away::flapping);
    add(cases, release, "a stranger on Tarn's port", away::stranger);
    add(cases, release, "Tarn drains during pulls", away::draining);
    add(cases, release, "both end during pulls, in either order", away::bothEnd);
  }

  private static void addHost(List<Case<AgentBench>> cases, Release release) {
    HostCases host = new HostCases(release);
    add(cases, release, "the agent killed with -9 at random moments", host::killed);
    add(cases, release, "two agents at once", host::two);
    add(cases, release, "a root that is read-only", host::readOnly);
    add(cases, release, "a full disk", host::fullDisk);
    add(cases, release, "a root that is not there", host::rootAbsent);
    add(cases, release, "an entry for all registries", host::allOthers);
    add(cases, release, "an operator's file in the second root", host::secondRoot);
    add(cases, release, "a registry that is not configured any more", host::registryRemoved);
    add(cases, release, "somebody else takes the entry away again and again", host::drift);
  }

  private static void addCanary(List<Case<AgentBench>> cases, Release release) {
    CanaryCases canary = new CanaryCases(release);
    add(cases, release, "a canary that comes", canary::effective);
    add(cases, release, "a canary that does not come", canary::ineffective);
    add(cases, release, "an agent killed during a canary's pull", canary::killed);
  }

  private static void addConfigure(List<Case<AgentBench>> cases, Release release) {
    ConfigureCases configure = new ConfigureCases(release);
    add(cases, release, "configure-containerd", configure::makesEffective);
    add(cases, release, "configure-containerd, and no start", configure::rollsBack);
  }

  private static void add(
      List<Case<AgentBench>> cases, Release release, String what, Case.Body<AgentBench> body) {
    cases.add(new Case<>(release + ": " + what, release.needs(), body));
  }

  @Override
  public AgentBench open(Workspace workspace) throws Exception {
    return AgentBench.open(workspace, options);
  }
}
