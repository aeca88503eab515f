package dev.tarn.core.planner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.range.ChunkGrid;
import org.junit.jupiter.api.Test;

class ChunkBookTest {
  private static final long CHUNK = ChunkGrid.CHUNK_BYTES;
  private static final long SECOND = 1_000_000_000L;

  private final ChunkBook chunk = new ChunkBook();

  @Test
  void whatRemainsOfALeaseIsByItsPaceUpToTheLastReport() {
    chunk.lease("node-1", SECOND, 0);

    chunk.progress(2 * SECOND, CHUNK / 4);

    assertThat(chunk.leaseRemains(2 * SECOND)).isEqualTo(3 * SECOND);
    assertThat(chunk.leaseRemains(3 * SECOND)).isEqualTo(2 * SECOND);
  }

  @Test
  void whatWasThereBeforeTheLeaseSaysNothingOfItsPace() {
    chunk.lease("node-1", SECOND, CHUNK / 2);
    chunk.progress(2 * SECOND, 3 * CHUNK / 4);

    assertThat(chunk.leaseRemains(2 * SECOND)).isEqualTo(SECOND);
  }

  @Test
  void beforeAReportCanHaveComeNothingIsHeldAgainstTheLessee() {
    chunk.lease("node-1", SECOND, CHUNK / 2);

    assertThat(chunk.leaseRemains(2 * SECOND)).isZero();
    assertThat(chunk.leaseRemains(3 * SECOND)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void howSoonALeaseEndsIsKnownFromItsFirstReportOn() {
    chunk.lease("node-1", 0, 0);
    assertThat(chunk.leaseEndsWithin(Long.MAX_VALUE, SECOND / 2)).isFalse();

    chunk.progress(SECOND, CHUNK / 2);

    assertThat(chunk.leaseEndsWithin(SECOND / 2, SECOND)).isFalse();
    assertThat(chunk.leaseEndsWithin(SECOND + 1, SECOND)).isTrue();
    assertThat(chunk.leaseEndsWithin(SECOND / 2, SECOND + SECOND * 3 / 4)).isTrue();
  }

  @Test
  void aLesseeThatBeginsAnewMakesProgressFromThere() {
    chunk.lease("node-1", 0, CHUNK / 2);
    chunk.progress(SECOND, 0);
    chunk.progress(3 * SECOND, CHUNK / 4);

    assertThat(chunk.lapsed(4 * SECOND)).isFalse();
    assertThat(chunk.leaseRemains(3 * SECOND)).isEqualTo(9 * SECOND);
  }

  @Test
  void aLeaseThatIsDoneUpToItsReportRemainsNoLonger() {
    chunk.lease("node-1", 0, 0);
    chunk.progress(SECOND, CHUNK);

    assertThat(chunk.leaseRemains(SECOND)).isZero();
  }
}
