package dev.tarn.server.agent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OpenMetricsTest {

  @Test
  void aCountersFamilyIsNamedWithoutItsSuffix() {
    assertThat(
            OpenMetrics.of(
                """
                # HELP containerd_config_agent_runs_total Runs, "good" and bad.
                # TYPE containerd_config_agent_runs_total counter
                containerd_config_agent_runs_total{outcome="good"} 3
                containerd_config_agent_runs_total{outcome="bad"} 1
                # HELP containerd_config_agent_entries Entries.
                # TYPE containerd_config_agent_entries gauge
                containerd_config_agent_entries 2
                """))
        .isEqualTo(
            """
            # TYPE containerd_config_agent_runs counter
            # HELP containerd_config_agent_runs Runs, \\"good\\" and bad.
            containerd_config_agent_runs_total{outcome="good"} 3
            containerd_config_agent_runs_total{outcome="bad"} 1
            # TYPE containerd_config_agent_entries gauge
            # HELP containerd_config_agent_entries Entries.
            containerd_config_agent_entries 2
            """);
  }

  @Test
  void whatHasNoTypeThatOpenMetricsWouldTakeIsUnknown() {
    assertThat(
            OpenMetrics.of(
                """
                containerd_config_agent_a 1
                # TYPE containerd_config_agent_b untyped
                containerd_config_agent_b 2
                # TYPE containerd_config_agent_c counter
                containerd_config_agent_c 3
                """))
        .isEqualTo(
            """
            # TYPE containerd_config_agent_a unknown
            containerd_config_agent_a 1
            # TYPE containerd_config_agent_b unknown
            containerd_config_agent_b 2
            # TYPE containerd_config_agent_c unknown
            containerd_config_agent_c 3
            """);
  }

  @Test
  void samplesStandBehindTheirFamily() {
    assertThat(
            OpenMetrics.of(
                """
                # TYPE containerd_config_agent_h histogram
                # TYPE containerd_config_agent_s summary
                containerd_config_agent_h_bucket{le="+Inf"} 1
                containerd_config_agent_s{quantile="0.5"} 1
                containerd_config_agent_h_count 1
                containerd_config_agent_s_sum 2
                containerd_config_agent_h_sum 1
                containerd_config_agent_s_count 2
                """))
        .isEqualTo(
            """
            # TYPE containerd_config_agent_h histogram
            containerd_config_agent_h_bucket{le="+Inf"} 1
            containerd_config_agent_h_count 1
            containerd_config_agent_h_sum 1
            # TYPE containerd_config_agent_s summary
            containerd_config_agent_s{quantile="0.5"} 1
            containerd_config_agent_s_sum 2
            containerd_config_agent_s_count 2
            """);
  }

  @Test
  void aCommaBehindTheLastLabelIsLeftOutAndOneInItsValueStays() {
    assertThat(OpenMetrics.of("containerd_config_agent_a{b=\"c,}\",} 1\n"))
        .endsWith("\ncontainerd_config_agent_a{b=\"c,}\"} 1\n");
    assertThat(OpenMetrics.of("containerd_config_agent_a{b=\",\"} 1\n"))
        .endsWith("\ncontainerd_config_agent_a{b=\",\"} 1\n");
  }

  @Test
  void nothingStaysNothing() {
    assertThat(OpenMetrics.of("")).isEmpty();
  }
}
