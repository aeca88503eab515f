package dev.tarn.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.store.RoomPolicy.Limit;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RoomPolicyTest {
  private static final long GB = 1L << 30;
  private static final RoomPolicy UNLIMITED = new RoomPolicy(Long.MAX_VALUE, 0.20, 0.16);

  @Test
  void withRoomTheCacheMayGrowUntilTheFloor() {
    // 1000 GB, 500 free, 10 held: may grow to 10 + 500 - 200
    assertThat(UNLIMITED.limit(1000 * GB, 500 * GB, 10 * GB)).isEqualTo(new Limit(310 * GB, false));
  }

  @Test
  void theConfiguredLimitCountsWhereItIsLower() {
    RoomPolicy policy = new RoomPolicy(100 * GB, 0.20, 0.16);
    assertThat(policy.limit(1000 * GB, 500 * GB, 10 * GB)).isEqualTo(new Limit(100 * GB, false));
    assertThat(policy.limit(1000 * GB, 250 * GB, 10 * GB)).isEqualTo(new Limit(60 * GB, false));
  }

  @Test
  void belowTheFloorTheCacheShrinks() {
    assertThat(UNLIMITED.limit(1000 * GB, 190 * GB, 50 * GB)).isEqualTo(new Limit(40 * GB, false));
  }

  @Test
  void aReserveOfTwoPercentStaysUsable() {
    assertThat(UNLIMITED.limit(1000 * GB, 190 * GB, 0)).isEqualTo(new Limit(20 * GB, true));
    assertThat(UNLIMITED.limit(1000 * GB, 195 * GB, 15 * GB)).isEqualTo(new Limit(20 * GB, true));
    assertThat(UNLIMITED.limit(1000 * GB, 205 * GB, 0)).isEqualTo(new Limit(20 * GB, true));
    assertThat(UNLIMITED.limit(1000 * GB, 220 * GB, 0)).isEqualTo(new Limit(20 * GB, false));
  }

  @Test
  void theReserveIsAtLeastTwoGigabytes() {
    assertThat(UNLIMITED.limit(50 * GB, 10 * GB, 0)).isEqualTo(new Limit(2 * GB, true));
  }

  @Test
  void theReserveEndsAtItsOwnFloor() {
    assertThat(UNLIMITED.limit(1000 * GB, 170 * GB, 0)).isEqualTo(new Limit(10 * GB, true));
    assertThat(UNLIMITED.limit(1000 * GB, 160 * GB, 0)).isEqualTo(new Limit(0, true));
    assertThat(UNLIMITED.limit(1000 * GB, 100 * GB, 5 * GB)).isEqualTo(new Limit(0, true));
  }

  @Test
  void aLimitBelowTheReserveIsNotSqueezed() {
    RoomPolicy policy = new RoomPolicy(GB, 0.20, 0.16);
    assertThat(policy.limit(1000 * GB, 190 * GB, 0)).isEqualTo(new Limit(GB, false));
    assertThat(policy.limit(1000 * GB, 160 * GB, 0)).isEqualTo(new Limit(0, true));
  }

  @Test
  void aFileSystemOfUnknownSizeOffersNothing() {
    assertThat(UNLIMITED.limit(0, 0, 0).bytes()).isZero();
  }

  @Test
  void floorsAreSharesOfTheFileSystem() {
    assertThat(UNLIMITED.floor(1000)).isEqualTo(200);
    assertThat(UNLIMITED.reserveFloor(1000)).isEqualTo(160);
  }

  @Test
  void optionsBecomeAPolicy() {
    StoreOptions options = StoreOptions.defaults(Path.of("/store"));
    assertThat(RoomPolicy.of(options)).isEqualTo(UNLIMITED);
    assertThat(RoomPolicy.of(options.withMaxBytes(7)).maxBytes()).isEqualTo(7);
  }

  @Test
  void whatTheStoreTakesNeverEatsIntoTheReservesFloor() {
    Random random = new Random(9);
    for (int i = 0; i < 10_000; i++) {
      long total = random.nextLong(1, 4000 * GB);
      long held = random.nextLong(total);
      long usable = random.nextLong(total - held);
      Limit limit = UNLIMITED.limit(total, usable, held);
      long freeAtTheLimit = held + usable - limit.bytes();
      assertThat(limit.bytes()).isNotNegative();
      assertThat(limit.bytes() == 0 || freeAtTheLimit >= UNLIMITED.reserveFloor(total)).isTrue();
      // The sum of held and usable is all that counts.
      assertThat(UNLIMITED.limit(total, held + usable, 0)).isEqualTo(limit);
    }
  }
}
