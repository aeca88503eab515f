package dev.tarn.e2e.bench;

import dev.tarn.e2e.run.CaseRun;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The time that containerd takes for what Tarn does not have, through Tarn and directly. */
final class ColdCases {
  private final ColdScale scale;

  ColdCases(ColdScale scale) {
    this.scale = scale;
  }

  /** One image by one of the two ways. */
  private record Leg(double seconds, double machineCpuSeconds, double tarnCpuSeconds) {}

  /**
   * A comparison, by the ratio of medians.
   *
   * @param figure the ratio's name
   * @param limit what the ratio may be, or infinite where it is only told
   */
  record Comparison(
      String figure, double limit, Link.Speed speed, List<Long> layers, ColdBench.Way way) {}

  void compare(Comparison comparison, CaseRun run) throws Exception {
    Findings findings = new Findings(run, scale.lenience());
    ColdBench bench = ColdBench.open(run.workspace());
    try {
      List<Leg> direct = new ArrayList<>();
      List<Leg> through = new ArrayList<>();
      long bytes = 0;
      for (int image = 0; image < scale.warmUps(); image++) {
        bench.warmUp(scale.layerBytes());
      }
      bench.link.limit(comparison.speed());
      // The first round does not count: it finds the disk as the warming up left it.
      for (int round = -1; round < scale.rounds(); round++) {
        ColdBench.Pushed pushed = bench.push(comparison.layers());
        bytes = pushed.image().size();
        boolean first = round % 2 == 0;
        for (boolean mirrored : List.of(first, !first)) {
          Leg leg = leg(bench, mirrored, round, pushed, comparison.way());
          if (round >= 0) {
            (mirrored ? through : direct).add(leg);
          }
        }
        bench.tarn.awaitStored(pushed.image().biggest().digest());
      }
      report(findings, comparison, direct, through, bytes / 1e9);
    } finally {
      bench.discard();
    }
    findings.judge();
  }

  private static Leg leg(
      ColdBench bench, boolean mirrored, int round, ColdBench.Pushed pushed, ColdBench.Way way)
      throws Exception {
    URI source = mirrored ? bench.tarn.server().at("") : bench.registry;
    String name = (mirrored ? "tarn-" : "direct-") + round;
    return bench.withContainerd(
        name,
        source,
        pushed,
        containerd -> {
          double machine = MachineUse.cpuSeconds();
          double tarn = bench.tarn.server().use().cpuSeconds();
          long start = System.nanoTime();
          way.take(containerd, pushed.reference());
          return new Leg(
              (System.nanoTime() - start) / 1e9,
              MachineUse.cpuSeconds() - machine,
              bench.tarn.server().use().cpuSeconds() - tarn);
        });
  }

  private static void report(
      Findings findings,
      Comparison comparison,
      List<Leg> direct,
      List<Leg> through,
      double gigabytes) {
    Samples directSeconds = samples(direct, Leg::seconds);
    Samples throughSeconds = samples(through, Leg::seconds);
    findings.figure("direct_s", directSeconds);
    findings.figure("tarn_s", throughSeconds);
    findings.figure(
        "machine_cpu_s_per_gb_direct", samples(direct, l -> l.machineCpuSeconds() / gigabytes));
    findings.figure(
        "machine_cpu_s_per_gb_tarn", samples(through, l -> l.machineCpuSeconds() / gigabytes));
    findings.figure("tarn_cpu_s_per_gb", samples(through, l -> l.tarnCpuSeconds() / gigabytes));
    double ratio = throughSeconds.median() / directSeconds.median();
    if (Double.isFinite(comparison.limit())) {
      findings.atMost(comparison.figure(), ratio, comparison.limit());
    } else {
      findings.figure(comparison.figure(), new Samples(List.of(ratio)));
    }
  }

  private static Samples samples(List<Leg> legs, ToDoubleFunction<Leg> figure) {
    return new Samples(legs.stream().map(figure::applyAsDouble).toList());
  }
}
