package dev.tarn.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetricsFormatTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        // Prometheus 2.42
        "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
            + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
        // Prometheus 3
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
            + "application/openmetrics-text;version=0.0.1;q=0.5,"
            + "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
            + "text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
        "application/openmetrics-text",
        "Application/OpenMetrics-Text ; Version=\"1.0.0\" ; q=1.000",
        "text/plain, application/openmetrics-text",
        "text/html,application/openmetrics-text;q=0.001",
      })
  void whoNamesOpenMetricsAndLikesItNoLessThanTextIsGivenIt(String accept) {
    assertThat(MetricsFormat.of(List.of(accept))).isEqualTo(MetricsFormat.OPEN_METRICS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ",;,=,;q",
        "*/*",
        "application/*",
        "text/plain",
        "application/json",
        "application/openmetrics-text;version=0.0.1",
        "application/openmetrics-text;version=2.0.0",
        "application/openmetrics-text;version=1.0.0;q=0",
        "application/openmetrics-text;version=1.0.0;q=0.4,text/plain;version=0.0.4;q=0.5",
        "application/openmetrics-text;q=2",
        "application/openmetrics-text;q=-1",
        "application/openmetrics-text;q=NaN",
        "application/openmetrics-text;q=",
        "application/openmetrics-text;q",
        "application/openmetrics-textual",
        "x-application/openmetrics-text",
      })
  void everybodyElseIsGivenText(String accept) {
    assertThat(MetricsFormat.of(List.of(accept))).isEqualTo(MetricsFormat.TEXT);
  }

  @Test
  void severalHeadersAreOne() {
    assertThat(MetricsFormat.of(List.of())).isEqualTo(MetricsFormat.TEXT);
    assertThat(MetricsFormat.of(List.of("text/plain;q=0.5", "application/openmetrics-text")))
        .isEqualTo(MetricsFormat.OPEN_METRICS);
  }
}
