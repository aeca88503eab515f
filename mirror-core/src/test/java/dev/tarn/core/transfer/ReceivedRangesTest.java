package dev.tarn.core.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReceivedRangesTest {
  private static final int SPACE = 160;

  static LongStream seeds() {
    return LongStream.range(0, 200);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void itKnowsTheSameAsOneBitForEachByte(long seed) {
    Random random = new Random(seed);
    int longest = 1 + random.nextInt(40);
    ReceivedRanges ranges = new ReceivedRanges();
    BitSet model = new BitSet();
    for (int step = 0; step < 60; step++) {
      int start = random.nextInt(SPACE);
      int end = Math.min(SPACE, start + random.nextInt(longest));
      ranges.add(start, end);
      model.set(start, end);
      assertSame(ranges, model, step);
    }
  }

  private static void assertSame(ReceivedRanges ranges, BitSet model, int step) {
    assertThat(ranges.total()).as("total after step %d", step).isEqualTo(model.cardinality());
    for (int offset = 0; offset <= SPACE; offset++) {
      assertThat(ranges.endFrom(offset))
          .as("end of the run at %d after step %d, of %s", offset, step, ranges)
          .isEqualTo(model.nextClearBit(offset));
      assertThat(ranges.nextStart(offset, -7))
          .as("next start after %d after step %d, of %s", offset, step, ranges)
          .isEqualTo(nextStart(model, offset));
    }
  }

  private static int nextStart(BitSet model, int offset) {
    for (int i = offset + 1; i < SPACE; i++) {
      if (model.get(i) && !model.get(i - 1)) {
        return i;
      }
    }
    return -7;
  }

  @Test
  void runsThatTouchAreOne() {
    ReceivedRanges ranges = new ReceivedRanges();

    ranges.add(0, 10);
    ranges.add(20, 30);
    ranges.add(10, 20);

    assertThat(ranges).hasToString("{0=30}");
  }

  @Test
  void anEmptyRangeAddsNothing() {
    ReceivedRanges ranges = new ReceivedRanges();

    ranges.add(5, 5);

    assertThat(ranges.total()).isZero();
    assertThat(ranges.nextStart(0, 99)).isEqualTo(99);
  }
}
