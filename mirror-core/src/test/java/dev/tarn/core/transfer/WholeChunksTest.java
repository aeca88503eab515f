package dev.tarn.core.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.range.ChunkGrid;
import dev.tarn.core.store.BlobStore;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

/** Of which chunks a transfer's store is told. */
class WholeChunksTest {
  private static final int CHUNK = ChunkGrid.CHUNK_BYTES;
  private static final long SIZE = 2L * CHUNK + 100;

  private final ReceivedRanges received = new ReceivedRanges();
  private final WholeChunks chunks = new WholeChunks();

  private BitSet add(long start, long end) {
    received.add(start, end);
    return chunks.newlyWhole(received, SIZE, start, end);
  }

  @Test
  void aChunkIsToldOfOnceWhenItsLastByteIsHere() {
    assertThat(add(0, 10).stream()).isEmpty();
    assertThat(add(20, CHUNK).stream()).isEmpty();
    assertThat(add(10, 20).stream()).containsExactly(0);
    assertThat(add(0, CHUNK).stream()).isEmpty();
  }

  @Test
  void bytesMayMakeSeveralWholeAndTheLastIsShort() {
    assertThat(add(0, SIZE).stream()).containsExactly(0, 1, 2);
  }

  @Test
  void whatIsKnownIsNotToldOf() {
    chunks.known(BitSet.valueOf(new long[] {0b10}));

    assertThat(add(0, SIZE).stream()).containsExactly(0, 2);
  }

  @Test
  void withoutASizeThereAreNoChunks() {
    received.add(0, CHUNK);

    assertThat(chunks.newlyWhole(received, BlobStore.UNKNOWN_SIZE, 0, CHUNK).stream()).isEmpty();
  }
}
