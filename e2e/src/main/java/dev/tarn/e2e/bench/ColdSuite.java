package dev.tarn.e2e.bench;

import dev.tarn.e2e.node.Containerd;
import dev.tarn.e2e.process.Workspace;
import dev.tarn.e2e.run.Case;
import dev.tarn.e2e.run.Need;
import dev.tarn.e2e.run.Suite;
import java.util.ArrayList;
import java.util.List;

/** What Tarn does not have yet costs hardly more than without Tarn. Each case has its own parts. */
public final class ColdSuite implements Suite<ColdScale> {
  private static final double FETCH_LIMIT = 1.10;
  private static final double PULL_LIMIT = 1.05;
  private static final double GIGABIT_LIMIT = 1.02;

  private final ColdScale scale;

  /** With quick, small images and few rounds. */
  public ColdSuite(boolean quick) {
    this.scale = ColdScale.of(quick);
  }

  @Override
  public String name() {
    return "bench-cold";
  }

  @Override
  public String summary() {
    return "cold pulls by containerd through Tarn against direct ones, by links of several speeds";
  }

  @Override
  public List<Need> needs() {
    List<Need> needs = new ArrayList<>(Link.needs());
    needs.addAll(ColdBench.FLAVOUR.needs());
    needs.add(Need.debian("unshare", "util-linux"));
    needs.add(Need.debian("docker-registry", "docker-registry"));
    needs.add(Need.debian("gcc", "gcc and libc6-dev"));
    needs.add(Need.goTool("crictl"));
    needs.add(Processors.need());
    return needs;
  }

  @Override
  public List<Case<ColdScale>> cases() {
    ColdBench.Way fetch =
        (containerd, reference) -> containerd.fetchMeanwhile("bench", reference).join();
    ColdBench.Way pull = Containerd::pull;
    FirstByteCase firstByte = new FirstByteCase(scale);
    RequestsCase requests = new RequestsCase(scale);
    return List.of(
        comparison(
            "fetch at an unlimited link",
            "cold_vs_direct",
            FETCH_LIMIT,
            Link.Speed.UNLIMITED,
            fetch),
        comparison(
            "whole pull at an unlimited link",
            "cold_pull_vs_direct",
            PULL_LIMIT,
            Link.Speed.UNLIMITED,
            pull),
        comparison(
            "fetch at 1 Gbit/s", "cold_1g_vs_direct", GIGABIT_LIMIT, Link.Speed.GIGABIT, fetch),
        comparison(
            "whole pull at 1 Gbit/s",
            "cold_1g_pull_vs_direct",
            GIGABIT_LIMIT,
            Link.Speed.GIGABIT,
            pull),
        comparison(
            "fetch of many small layers at 200 Mbit/s",
            new ColdCases.Comparison(
                "cold_200m_vs_direct",
                Double.POSITIVE_INFINITY,
                Link.Speed.SLOW,
                scale.manyLayerBytes(),
                fetch)),
        Case.of("first byte", (shared, run) -> firstByte.added(run)),
        Case.of("upstream requests", (shared, run) -> requests.counted(run)));
  }

  private Case<ColdScale> comparison(
      String name, String figure, double limit, Link.Speed speed, ColdBench.Way way) {
    return comparison(
        name, new ColdCases.Comparison(figure, limit, speed, scale.layerBytes(), way));
  }

  private Case<ColdScale> comparison(String name, ColdCases.Comparison comparison) {
    ColdCases cases = new ColdCases(scale);
    return Case.of(name, (shared, run) -> cases.compare(comparison, run));
  }

  @Override
  public List<String> headlines() {
    return List.of(
        "cold_vs_direct",
        "cold_pull_vs_direct",
        "cold_1g_vs_direct",
        "cold_1g_pull_vs_direct",
        "extra_upstream_requests");
  }

  @Override
  public ColdScale open(Workspace workspace) {
    return scale;
  }
}
