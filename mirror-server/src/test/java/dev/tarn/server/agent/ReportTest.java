package dev.tarn.server.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {
  private static Report parse(String text) {
    return Report.parse(text.getBytes(StandardCharsets.UTF_8)).orElseThrow();
  }

  @Test
  void aReportMaySayNoMoreThanHowManyEntriesStand() {
    assertThat(parse("entries 2")).isEqualTo(new Report(2, "", false, List.of(), ""));
    assertThat(parse("entries 2\n")).isEqualTo(new Report(2, "", false, List.of(), ""));
  }

  @Test
  void whatStandsBeforeTheMetricsIsOfTheAgentItself() {
    String digest = "0123456789abcdef".repeat(4);
    String metrics = "# TYPE containerd_config_agent_a gauge\ncontainerd_config_agent_a 1\n";

    assertThat(
            parse("entries 2\nagent Xy-_9\nlater words\nending\ncanary " + digest + "\n" + metrics))
        .isEqualTo(new Report(2, "Xy-_9", true, List.of(digest), metrics));
  }

  @Test
  void whatIsBehindTheFirstMetricIsNotOfTheAgentItself() {
    assertThat(parse("entries 2\ncontainerd_config_agent_a 1\nending\n").ending()).isFalse();
  }

  @Test
  void wordsOfAnotherShapeArePassedOver() {
    String digest = "0123456789abcdef".repeat(4);

    Report report =
        parse(
            "entries 2\nagent \nagent a b\nagent %s\nendings\ncanary %s0\ncanary %S\n"
                .formatted("a".repeat(65), digest, digest));

    assertThat(report).isEqualTo(new Report(2, "", false, List.of(), ""));
  }

  @Test
  void fewCanariesAreWaitedFor() {
    String line = "canary " + "0".repeat(64) + "\n";

    assertThat(parse("entries 2\n" + line.repeat(100)).canaries()).hasSize(Canaries.AWAITED);
  }
}
