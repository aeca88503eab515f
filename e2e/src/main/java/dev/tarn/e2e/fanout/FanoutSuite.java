package dev.tarn.e2e.fanout;

import dev.tarn.e2e.cluster.Certificates;
import dev.tarn.e2e.cluster.Network;
import dev.tarn.e2e.fanout.FanoutBench.Way;
import dev.tarn.e2e.fanout.FanoutCases.Crowd;
import dev.tarn.e2e.fanout.FanoutOptions.Transport;
import dev.tarn.e2e.process.Workspace;
import dev.tarn.e2e.run.Case;
import dev.tarn.e2e.run.Need;
import dev.tarn.e2e.run.Suite;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Many nodes with limited links pull one image, through their Tarns and directly. */
public final class FanoutSuite implements Suite<FanoutOptions> {
  /** The options of the command line that it takes, each with a value. */
  public static final Set<String> OPTIONS = FanoutOptions.NAMES;

  private static final double TOGETHER_SECONDS = 0.1;
  private static final double ROLLING_SECONDS = 30;

  private final FanoutOptions options;

  /** With quick, a small cluster; with the options of the command line, without dashes. */
  public FanoutSuite(boolean quick, Map<String, String> options) {
    this.options = FanoutOptions.of(quick, options);
  }

  @Override
  public String name() {
    return "bench-fanout";
  }

  @Override
  public String summary() {
    return "one image to many nodes over limited links: --nodes, --size-mib, --nic-mbit,"
        + " --upstream-mbit, --arrival together|rolling|solo, --transport tls|plain|none";
  }

  @Override
  public List<Need> needs() {
    List<Need> needs = new ArrayList<>(Network.needs());
    needs.add(Need.debian("docker-registry", "docker-registry"));
    needs.add(Certificates.need());
    return needs;
  }

  @Override
  public List<String> headlines() {
    return List.of(
        "upstream_copies",
        "upstream_requests",
        "slowest_vs_floor",
        "median_vs_floor",
        "direct_slowest_vs_floor",
        "uploads_mean",
        "uploads_max",
        "cpu_percent",
        "private_upstream_copies",
        "private_slowest_vs_floor",
        "rolling_upstream_copies",
        "rolling_slowest_vs_floor",
        "solo_vs_direct",
        "solo_upstream_copies",
        "solo_extra_requests");
  }

  @Override
  public Duration caseLimit() {
    return Duration.ofMinutes(15);
  }

  @Override
  public List<Case<FanoutOptions>> cases() {
    List<Case<FanoutOptions>> cases = new ArrayList<>();
    String nodes = options.nodes() + " nodes ";
    if (options.wants("together")) {
      cases.add(
          crowd(
              nodes + "together",
              new Crowd("", FanoutBench.PUBLIC, Way.THROUGH_TARN, TOGETHER_SECONDS, true)));
      cases.add(
          crowd(
              nodes + "directly",
              new Crowd("direct_", FanoutBench.PUBLIC, Way.DIRECTLY, TOGETHER_SECONDS, false)));
      cases.add(
          crowd(
              nodes + "together, a private image",
              new Crowd(
                  "private_", FanoutBench.PRIVATE, Way.THROUGH_TARN, TOGETHER_SECONDS, true)));
    }
    if (options.wants("rolling")) {
      cases.add(
          crowd(
              nodes + "one after another",
              new Crowd("rolling_", FanoutBench.PUBLIC, Way.THROUGH_TARN, ROLLING_SECONDS, false)));
    }
    if (options.wants("solo") && options.transport() != Transport.NONE) {
      cases.add(Case.of("one node alone", (o, run) -> new FanoutCases(o).solo(run)));
    }
    return cases;
  }

  private static Case<FanoutOptions> crowd(String name, Crowd crowd) {
    return Case.of(name, (o, run) -> new FanoutCases(o).crowd(crowd, run));
  }

  @Override
  public FanoutOptions open(Workspace workspace) {
    return options;
  }
}
