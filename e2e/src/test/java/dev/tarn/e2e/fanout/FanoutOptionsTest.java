package dev.tarn.e2e.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class FanoutOptionsTest {
  @Test
  void eight_nodes_pull_half_a_gibibyte_unless_told_otherwise() {
    FanoutOptions options = FanoutOptions.of(false, Map.of());

    assertThat(options.nodes()).isEqualTo(8);
    assertThat(options.imageBytes()).isEqualTo(512L * 1024 * 1024);
    assertThat(options.wants("solo")).isTrue();
  }

  @Test
  void the_floor_is_what_the_slower_of_both_links_needs_for_one_copy() {
    FanoutOptions options =
        FanoutOptions.of(
            false, Map.of("size-mib", "100", "nic-mbit", "400", "upstream-mbit", "200"));

    double payload = 200e6 / 8 * 1448 / 1514;
    assertThat(options.floorSeconds()).isCloseTo(100 * 1024 * 1024 / payload, within(0.001));
  }

  @Test
  void an_arrival_selects_its_cases() {
    FanoutOptions options = FanoutOptions.of(true, Map.of("arrival", "rolling"));

    assertThat(options.wants("rolling")).isTrue();
    assertThat(options.wants("together")).isFalse();
  }

  @Test
  void what_means_nothing_is_refused() {
    assertThatThrownBy(() -> FanoutOptions.of(false, Map.of("arrival", "late")))
        .hasMessageContaining("late");
    assertThatThrownBy(() -> FanoutOptions.of(false, Map.of("nodes", "few")))
        .hasMessageContaining("--nodes");
    assertThatThrownBy(() -> FanoutOptions.of(false, Map.of("nodes", "0")))
        .hasMessageContaining("less than 1");
    assertThatThrownBy(() -> FanoutOptions.of(false, Map.of("transport", "pigeons")))
        .hasMessageContaining("pigeons");
  }
}
