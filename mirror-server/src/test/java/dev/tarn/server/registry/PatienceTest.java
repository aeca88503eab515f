package dev.tarn.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PatienceTest {
  private static final long SECOND = 1_000_000_000L;

  /** The clock may begin anywhere. */
  private static final long START = Long.MAX_VALUE - 5 * SECOND;

  private final Patience patience =
      new Patience(Duration.ofSeconds(10), Duration.ofSeconds(60), START);

  private long left(int seconds, boolean waiting, long came, long written) {
    return patience.left(START + seconds * SECOND, waiting, came, written) / SECOND;
  }

  @Test
  void aSourceThatGivesNothingHasTheStallTimeout() {
    assertThat(left(4, true, 0, 0)).isEqualTo(6);
    assertThat(left(10, true, 0, 0)).isZero();
  }

  @Test
  void aSourceWhoseBytesMayNotBePassedOnYetHasLongerButNotForever() {
    assertThat(left(9, true, 100, 0)).isEqualTo(10);
    assertThat(left(18, true, 200, 0)).isEqualTo(10);
    assertThat(left(27, true, 300, 0)).isEqualTo(3);
    assertThat(left(30, true, 400, 0)).isZero();
  }

  @Test
  void aByteWrittenStartsItAnew() {
    assertThat(left(9, true, 100, 0)).isEqualTo(10);
    assertThat(left(12, true, 100, 50)).isEqualTo(10);
    assertThat(left(21, true, 100, 50)).isEqualTo(1);
  }

  @Test
  void aClientThatTakesNothingHasTheIdleTimeout() {
    assertThat(left(30, false, 500, 0)).isEqualTo(30);
    assertThat(left(60, false, 900, 0)).isZero();
  }
}
