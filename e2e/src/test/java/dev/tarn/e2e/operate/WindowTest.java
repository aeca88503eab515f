package dev.tarn.e2e.operate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class WindowTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:07Z");

  private static Window window(Duration range, Duration scrape, int points) {
    return new Window(NOW.minus(range), NOW, scrape, points);
  }

  @Test
  void aRateSpansFourScrapesAtLeast() {
    Window window = window(Duration.ofMinutes(2), Duration.ofSeconds(15), 600);

    assertThat(window.step()).isEqualTo(Duration.ofSeconds(15));
    assertThat(window.fill("rate(a[$__rate_interval])")).isEqualTo("rate(a[60s])");
  }

  @Test
  void andMoreThanWhatLiesBetweenTwoValues() {
    Window window = window(Duration.ofDays(1), Duration.ofSeconds(15), 600);

    assertThat(window.step()).isEqualTo(Duration.ofSeconds(144));
    assertThat(window.fill("rate(a[$__rate_interval])")).isEqualTo("rate(a[159s])");
    assertThat(window.fill("a[$__range]")).isEqualTo("a[86400s]");
  }

  @Test
  void everyJobAndNodeIsChosen() {
    assertThat(
            window(Duration.ofMinutes(2), Duration.ofSeconds(1), 600)
                .fill("up{job=~\"$job\", instance=~\"$instance\"}"))
        .isEqualTo("up{job=~\".*\", instance=~\".*\"}");
  }

  @Test
  void valuesAreOfMultiplesOfTheStep() {
    Window window = window(Duration.ofMinutes(2), Duration.ofSeconds(15), 600);

    assertThat(window.firstStep()).isEqualTo(Instant.parse("2026-01-02T03:02:15Z"));
  }
}
