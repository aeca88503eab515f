package dev.tarn.core.planner;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a node makes of the speed at which it receives. */
class PaceTest {
  private static final long MILLI = 1_000_000L;
  private static final long MB = 1_000_000L;

  private final Pace pace = new Pace();

  @Test
  void beforeASpeedIsKnownFewAreBegunAndSomeAreGiven() {
    assertThat(pace.chunks(0)).isEqualTo(6);
    assertThat(pace.uploads(0)).isEqualTo(16);
  }

  /** A chunk has 4.19 MB. */
  @ParameterizedTest
  @CsvSource({"5, 6, 8", "30, 7, 8", "60, 14, 9", "150, 16, 23", "300, 16, 46", "1000, 16, 48"})
  void aSlowLinkIsSharedByFewer(long megabytesPerSecond, int chunks, int uploads) {
    for (int step = 0; step <= 10; step++) {
      pace.received(step * 100L * MILLI, megabytesPerSecond * MB / 10);
    }

    assertThat(pace.chunks(1_000 * MILLI)).isEqualTo(chunks);
    assertThat(pace.uploads(1_000 * MILLI)).isEqualTo(uploads);
  }

  @Test
  void beforeTheFirstChunkIsHereOnlyOneThatTakesVeryLongIsSlow() {
    assertThat(pace.slowNanos(500 * MILLI, 3)).isEqualTo(2_000 * MILLI);

    pace.chunkTook(200 * MILLI);

    assertThat(pace.slowNanos(500 * MILLI, 3)).isEqualTo(600 * MILLI);
  }
}
