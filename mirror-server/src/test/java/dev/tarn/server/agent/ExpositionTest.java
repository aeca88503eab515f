package dev.tarn.server.agent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExpositionTest {
  @Test
  void whatPrometheusReadsIsWellFormed() {
    assertThat(
            Exposition.isWellFormed(
                """
                # HELP containerd_config_agent_up Whether, how and why: "it is" {so}.
                # TYPE containerd_config_agent_up gauge
                containerd_config_agent_up 1
                # TYPE containerd_config_agent_writes_total counter
                containerd_config_agent_writes_total{registry="docker.io",why="a \\"b\\" \\\\ \\n é"} 1.5e+3
                containerd_config_agent_writes_total{registry="quay.io",} -2
                containerd_config_agent_writes_total{} NaN
                containerd_config_agent_age_seconds +Inf
                """))
        .isTrue();
    assertThat(Exposition.isWellFormed("")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tarn_requests_total 1",
        "containerd_config_agent_ 1",
        "containerd_config_agentx 1",
        "containerd_config_agent_up",
        "containerd_config_agent_up ",
        "containerd_config_agent_up 1 1700000000000",
        "containerd_config_agent_up  1",
        "containerd_config_agent_up one",
        "containerd_config_agent_up 0x1p3",
        "containerd_config_agent_up 1e999",
        "containerd_config_agent_up 1\r",
        "containerd_config_agent_up 1\rtarn_up 1",
        "containerd_config_agent_up 1\u0000",
        "containerd_config_agent_up{ 1",
        "containerd_config_agent_up{a} 1",
        "containerd_config_agent_up{a=b} 1",
        "containerd_config_agent_up{a=\"b} 1",
        "containerd_config_agent_up{a=\"b\\\"} 1",
        "containerd_config_agent_up{a=\"b\\x\"} 1",
        "containerd_config_agent_up{a=\"b\"c=\"d\"} 1",
        "containerd_config_agent_up{a=\"b\"",
        "containerd_config_agent_up{=\"b\"} 1",
        "containerd_config_agent_up{1a=\"b\"} 1",
        "containerd_config_agent_up{a-b=\"b\"} 1",
        "containerd_config_agent_up{,} 1",
        "# a comment",
        "# TYPE tarn_up gauge",
        "# TYPE containerd_config_agent_up",
        "# TYPE containerd_config_agent_up meter",
        "# HELP tarn_up Up.",
        "# HELP containerd_config_agent_up \\x",
        "# TYPE containerd_config_agent_up gauge\n# TYPE containerd_config_agent_up gauge",
        "containerd_config_agent_up 1\n# TYPE containerd_config_agent_up gauge",
        "containerd_config_agent_up 1\n\ncontainerd_config_agent_down 1",
        "# EOF",
      })
  void whatCouldSpoilTheScrapeIsNot(String text) {
    assertThat(Exposition.isWellFormed(text)).isFalse();
  }
}
