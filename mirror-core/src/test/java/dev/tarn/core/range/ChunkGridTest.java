package dev.tarn.core.range;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChunkGridTest {
  private static final int CHUNK = 4 * 1024 * 1024;

  @Test
  void aChunkIsFourMebibytes() {
    assertThat(ChunkGrid.CHUNK_BYTES).isEqualTo(CHUNK);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1, 1",
    "4194303, 1",
    "4194304, 1",
    "4194305, 2",
    "8388608, 2",
    "1099511627776, 262144",
  })
  void contentHasAsManyChunksAsItNeeds(long size, int count) {
    assertThat(new ChunkGrid(size).count()).isEqualTo(count);
  }

  @Test
  void theLastChunkIsShorter() {
    ChunkGrid grid = new ChunkGrid(2L * CHUNK + 5);
    assertThat(grid.start(2)).isEqualTo(2L * CHUNK);
    assertThat(grid.end(2)).isEqualTo(2L * CHUNK + 5);
    assertThat(grid.length(2)).isEqualTo(5);
    assertThat(grid.length(1)).isEqualTo(CHUNK);
    assertThat(grid.end(0)).isEqualTo(CHUNK);
    assertThat(grid.chunkAt(CHUNK - 1)).isZero();
    assertThat(grid.chunkAt(CHUNK)).isEqualTo(1);
  }

  @Test
  void aSizeIsNotNegative() {
    assertThatThrownBy(() -> new ChunkGrid(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void chunksCoverContentOfAnySizeWithoutGapOrOverlap() {
    Random random = new Random(5);
    for (int i = 0; i < 500; i++) {
      long size = random.nextLong(1L << 36);
      ChunkGrid grid = new ChunkGrid(size);
      long at = 0;
      for (int chunk = 0; chunk < grid.count(); chunk++) {
        assertThat(grid.start(chunk)).isEqualTo(at);
        assertThat(grid.chunkAt(at)).isEqualTo(chunk);
        at = grid.end(chunk);
        assertThat(grid.chunkAt(at - 1)).isEqualTo(chunk);
        assertThat(grid.length(chunk)).isPositive();
      }
      assertThat(at).isEqualTo(size);
    }
  }
}
