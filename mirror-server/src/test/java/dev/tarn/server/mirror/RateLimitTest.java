package dev.tarn.server.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimitTest {
  @ParameterizedTest
  @ValueSource(longs = {0, 5, -1_000_000_000_000L, Long.MAX_VALUE - 1000, Long.MIN_VALUE + 5})
  void soManyAtOnceThenSoManyASecond(long start) {
    AtomicLong now = new AtomicLong(start);
    RateLimit limit = new RateLimit(now::get, 10, 3);

    assertThat(taken(limit, 10)).isEqualTo(3);
    now.addAndGet(TimeUnit.MILLISECONDS.toNanos(99));
    assertThat(taken(limit, 10)).isZero();
    now.addAndGet(TimeUnit.MILLISECONDS.toNanos(1));
    assertThat(taken(limit, 10)).isEqualTo(1);
    now.addAndGet(TimeUnit.MILLISECONDS.toNanos(200));
    assertThat(taken(limit, 10)).isEqualTo(2);
  }

  @Test
  void aQuietTimeSavesUpNoMoreThanTheBurst() {
    AtomicLong now = new AtomicLong();
    RateLimit limit = new RateLimit(now::get, 10, 3);
    now.addAndGet(TimeUnit.HOURS.toNanos(1));

    assertThat(taken(limit, 10)).isEqualTo(3);
  }

  private static long taken(RateLimit limit, int tries) {
    int taken = 0;
    for (int i = 0; i < tries; i++) {
      taken += limit.take() ? 1 : 0;
    }
    return taken;
  }
}
