package dev.tarn.e2e.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SimulateOptionsTest {
  @Test
  void withoutOptionsItIsKrakenAtFullScale() {
    SimulateOptions options = SimulateOptions.of(Map.of());

    assertThat(options.scenarios()).singleElement().returns("kraken", Scenario::name);
    assertThat(options.scenarios().getFirst().nodes()).isEqualTo(2_600);
    assertThat(options.scenarios().getFirst().floorSeconds()).isEqualTo(10.0);
  }

  @Test
  void nodesAndSizeScaleAScenario() {
    SimulateOptions options =
        SimulateOptions.of(Map.of("scenario", "layers", "nodes", "50", "size-mib", "100"));

    assertThat(options.scenarios().getFirst().nodes()).isEqualTo(50);
    assertThat(options.scenarios().getFirst().bytes()).isBetween(104_857_500L, 104_857_700L);
  }

  @Test
  void linksAreThoseThatBenchFanoutLimitsByTheSameOptions() {
    SimulateOptions options =
        SimulateOptions.of(Map.of("scenario", "laptop", "nic-mbit", "80", "upstream-mbit", "40"));

    Scenario laptop = options.scenarios().getFirst();
    assertThat(laptop.nodeRate()).isCloseTo(9_564_000, within(1_000.0));
    assertThat(laptop.upstreamRate()).isCloseTo(4_782_000, within(1_000.0));
  }

  @Test
  void allMeansAll() {
    assertThat(SimulateOptions.of(Map.of("scenario", "all")).scenarios()).hasSize(8);
  }

  @Test
  void whatMeansNothingIsRefused() {
    assertThatThrownBy(() -> SimulateOptions.of(Map.of("scenario", "squid")))
        .hasMessageContaining("no such scenario: squid");
    assertThatThrownBy(() -> SimulateOptions.of(Map.of("nodes", "many")))
        .hasMessageContaining("--nodes");
    assertThatThrownBy(() -> SimulateOptions.of(Map.of("arrival", "late")))
        .hasMessageContaining("late");
  }
}
