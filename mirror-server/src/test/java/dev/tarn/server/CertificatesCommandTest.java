package dev.tarn.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** {@code tarn certificates}, as it is typed. */
class CertificatesCommandTest {
  private final CommandRun tarn = new CommandRun();

  @Test
  void outsideOfAPodItSaysSo() {
    assertThat(tarn.run("certificates", "--secret", "peer-tls")).isEqualTo(1);
    assertThat(tarn.err()).contains("not in a pod");
  }

  @Test
  void timesThatDoNotFitAreRefused() {
    assertThat(tarn.run("certificates")).isEqualTo(2);
    assertThat(tarn.run("certificates", "--secret", "s", "--life", "soon")).isEqualTo(2);
    assertThat(tarn.err()).contains("expected a time such as 90d, 12h or 30m, found soon");
    assertThat(tarn.run("certificates", "--secret", "s", "--life", "10s")).isEqualTo(2);
    assertThat(tarn.run("certificates", "--secret", "s", "--min-overlap", "16d")).isEqualTo(2);
    assertThat(tarn.err()).contains("--min-overlap: at most a sixth of --life");
  }

  @Test
  void timesAreInDaysHoursAndMinutes() {
    assertThat(tarn.run("certificates", "--secret", "s", "--life", "30d", "--min-overlap", "1h30m"))
        .isEqualTo(1);
  }

  @Test
  void helpSaysWhatItEndsWith() {
    assertThat(tarn.run("certificates", "--help")).isZero();
    assertThat(tarn.out()).contains("Exit status:").contains("left as it is");
  }
}
