package dev.tarn.server.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenBucketTest {
  private static final long TENTH = TimeUnit.MILLISECONDS.toNanos(100);

  private static int taken(TokenBucket bucket, long now) {
    int taken = 0;
    while (bucket.take(now) == 0) {
      taken++;
    }
    return taken;
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 5, -1_000_000_000_000L, Long.MAX_VALUE - 1000, Long.MIN_VALUE + 5})
  void soManyAtOnceThenSoManyASecond(long start) {
    TokenBucket bucket = new TokenBucket(TENTH, 3, start);

    assertThat(taken(bucket, start)).isEqualTo(3);
    assertThat(taken(bucket, start + TENTH - 1)).isZero();
    assertThat(bucket.take(start + TENTH - 1)).isEqualTo(1);
    assertThat(taken(bucket, start + TENTH)).isEqualTo(1);
    assertThat(taken(bucket, start + 3 * TENTH)).isEqualTo(2);
  }

  @Test
  void aQuietTimeSavesUpNoMoreThanItHolds() {
    TokenBucket bucket = new TokenBucket(TENTH, 3, 0);

    assertThat(taken(bucket, TimeUnit.HOURS.toNanos(1))).isEqualTo(3);
  }
}
