package dev.tarn.e2e.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every scenario, small: nobody is stuck, and what it costs is of the right kind. */
class SimulationTest {
  private static Outcome run(String scenario, int nodes, int mib, long seed) {
    SimulateOptions options =
        SimulateOptions.of(Map.of("scenario", scenario, "nodes", "" + nodes, "size-mib", "" + mib));
    return new Simulation(options.scenarios().getFirst(), seed).run();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kraken",
        "kraken-faults",
        "layers",
        "sparse",
        "zones",
        "rolling",
        "small",
        "laptop"
      })
  void everybodyGetsIt(String scenario) {
    Outcome outcome = run(scenario, 30, 120, 7);

    assertThat(outcome.stuck()).isZero();
    assertThat(outcome.bytesVsIdeal()).isBetween(0.999, 1.1);
    assertThat(outcome.upstreamCopies()).isBetween(0.999, 1.3);
    assertThat(outcome.percentile(50)).isGreaterThanOrEqualTo(0.99);
  }

  @Test
  void theSameSeedGivesTheSameRun() {
    assertThat(run("kraken-faults", 20, 60, 3).events())
        .isEqualTo(run("kraken-faults", 20, 60, 3).events())
        .isNotEqualTo(run("kraken-faults", 20, 60, 4).events());
  }

  @Test
  void oneAloneAsksUpstreamOnceForEachBlob() {
    SimulateOptions options =
        SimulateOptions.of(Map.of("scenario", "laptop", "arrival", "solo", "size-mib", "64"));

    Outcome outcome = new Simulation(options.scenarios().getFirst(), 1).run();

    assertThat(outcome.upstreamRequests()).isEqualTo(4);
    assertThat(outcome.upstreamCopies()).isBetween(0.9999, 1.0001);
  }

  @Test
  void aByteCrossesToEachOtherZoneOnce() {
    Outcome outcome = run("zones", 30, 120, 5);

    assertThat(outcome.crossZoneCopies()).isBetween(1.9, 2.05);
  }

  @Test
  void whatMissesALimitSaysSo() {
    Outcome outcome = run("kraken", 10, 40, 1);

    assertThat(
            Verdict.worst(
                    outcome.scenario().limits(Scenario.Limits.wave(0.5, 2)),
                    java.util.List.of(outcome))
                .missed())
        .singleElement()
        .asString()
        .startsWith("p999_vs_floor");
  }
}
