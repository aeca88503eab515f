package dev.tarn.server.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HistoryTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private final AtomicLong nanos = new AtomicLong(42);
  private final AtomicLong hits = new AtomicLong(1000);
  private final History history =
      new History(nanos::get, () -> SampleFacts.figures(Figure.HITS_DISK, hits.get()));

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  /** Minutes in each of which there are so many hits. */
  private void minutes(int count, long each) {
    for (int i = 0; i < count; i++) {
      pass(History.STEP);
      hits.addAndGet(each);
      history.sample();
    }
  }

  @Test
  void beforeAnHourIsOverItIsWhatThereIs() {
    minutes(10, 5);

    assertThat(history.within(HOUR).seconds()).isEqualTo(600);
    assertThat(history.within(HOUR).figures().hits()).isEqualTo(50);
  }

  @Test
  void whatIsOlderThanAnHourIsForgotten() {
    minutes(100, 1_000_000);
    minutes(60, 5);

    assertThat(history.within(HOUR).seconds()).isEqualTo(3600);
    assertThat(history.within(HOUR).figures().hits()).isEqualTo(300);
  }

  @Test
  void whatHappensNowCountsAtOnce() {
    minutes(60, 5);
    hits.addAndGet(7);
    pass(Duration.ofSeconds(30));

    assertThat(history.within(HOUR).seconds()).isEqualTo(3630);
    assertThat(history.within(HOUR).figures().hits()).isEqualTo(307);
  }

  @Test
  void aShorterTimeIsPartOfTheHour() {
    minutes(50, 1);
    minutes(10, 5);

    assertThat(history.within(Duration.ofMinutes(10)).figures().hits()).isEqualTo(50);
  }

  @Test
  void allSinceTheStartIsTheCountersThemselves() {
    minutes(200, 5);

    assertThat(history.sinceStart().seconds()).isEqualTo(12_000);
    assertThat(history.sinceStart().figures().hits()).isEqualTo(2000);
  }
}
