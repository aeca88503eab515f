package dev.tarn.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.e2e.check.CaseFailed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the load generators print, and what is made of it. */
class ReportTest {
  private static final String SINK =
      "{\"seconds\":2.000000,\"bytes\":600000000,\"requests\":4,\"errors\":0,"
          + "\"first_p50_us\":310,\"p50_us\":480000,\"p99_us\":510000}\n";
  private static final String WRK =
      """
      Running 1s test @ http://127.0.0.1:5050/v2/
        1 threads and 16 connections
      Requests/sec:  50000.00
      {"micros":2000000,"bytes":80000000,"requests":100000,"errors":0,"p50":300,"p99":1200}
      """;

  @Test
  void theSinkCountsInSecondsAndMicroseconds() {
    Reading reading = Sink.reading(SINK);

    assertThat(reading).isEqualTo(new Reading(2, 600_000_000, 4, 310, 480_000, 510_000));
    assertThat(reading.megabytesPerSecond()).isEqualTo(300);
  }

  @Test
  void whatWrkSaysForPeopleIsPassedOver() {
    Reading reading = Wrk.reading(WRK);

    assertThat(reading).isEqualTo(new Reading(2, 80_000_000, 100_000, 0, 300, 1200));
    assertThat(reading.requestsPerSecond()).isEqualTo(50_000);
  }

  @Test
  void aRoundTellsWhatItCostTheServer() {
    Round bytes = new Round(Sink.reading(SINK), 0.3);
    Round requests = new Round(Wrk.reading(WRK), 1.5);

    assertThat(bytes.cpuSecondsPerGigabyte()).isEqualTo(0.5);
    assertThat(requests.cpuMicrosPerRequest()).isEqualTo(15);
  }

  @Test
  void oneRequestThatWentWrongFailsTheCase() {
    assertThatThrownBy(() -> Sink.reading(SINK.replace("\"errors\":0", "\"errors\":1")))
        .isInstanceOf(CaseFailed.class)
        .hasMessageContaining("answered well");
    assertThatThrownBy(() -> Wrk.reading(WRK.replace("\"errors\":0", "\"errors\":1")))
        .isInstanceOf(CaseFailed.class)
        .hasMessageContaining("answered well");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "unable to connect", "{\"micros\":2000"})
  void whatIsNoReportFailsTheCaseWithWhatWasPrinted(String printed) {
    assertThatThrownBy(() -> Wrk.reading(printed))
        .isInstanceOf(CaseFailed.class)
        .hasMessage("wrk printed " + printed);
  }
}
