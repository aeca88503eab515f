package dev.tarn.server.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BandwidthTest {
  private static final long MEGABYTE = 1_000_000;
  private final AtomicLong clock = new AtomicLong(7_000);

  private static long millis(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(nanos);
  }

  @Test
  void withoutALimitNobodyWaits() {
    Bandwidth free = new Bandwidth(PeerSettings.UNLIMITED, clock::get);
    assertThat(free.take(Long.MAX_VALUE / 2, false)).isZero();
    assertThat(free.turn(1234)).isEqualTo(1234);
  }

  @Test
  void aTenthOfASecondIsFreeAndTheRestIsPaidForByWaiting() {
    Bandwidth limited = new Bandwidth(10 * MEGABYTE, clock::get);
    assertThat(limited.take(MEGABYTE, false)).isZero();
    assertThat(millis(limited.take(2 * MEGABYTE, false))).isEqualTo(200);
    clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(200));
    assertThat(millis(limited.take(MEGABYTE, false))).isEqualTo(100);
  }

  @Test
  void whatIsNotUsedIsNotSavedUp() {
    Bandwidth limited = new Bandwidth(10 * MEGABYTE, clock::get);
    clock.addAndGet(TimeUnit.HOURS.toNanos(1));
    assertThat(millis(limited.take(3 * MEGABYTE, false))).isEqualTo(200);
  }

  @Test
  void firstCopiesGoBeforeOthersWhoThenPayForThem() {
    Bandwidth limited = new Bandwidth(10 * MEGABYTE, clock::get);
    assertThat(millis(limited.take(6 * MEGABYTE, false))).isEqualTo(500);
    assertThat(limited.take(3 * MEGABYTE, true)).isZero();
    assertThat(millis(limited.take(MEGABYTE, false))).isEqualTo(900);
    assertThat(millis(limited.take(3 * MEGABYTE, true))).isEqualTo(200);
  }

  @Test
  void turnsAreSmallWhereTheLimitIs() {
    assertThat(new Bandwidth(50 * MEGABYTE, clock::get).turn(2_000_000)).isEqualTo(1_000_000);
    assertThat(new Bandwidth(1000, clock::get).turn(2_000_000)).isEqualTo(16 * 1024);
    assertThat(new Bandwidth(Long.MAX_VALUE, clock::get).turn(2_000_000)).isEqualTo(2_000_000);
  }
}
