package dev.tarn.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.core.range.ChunkGrid;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChunkChecksumsTest {
  private static final int CHUNK = ChunkGrid.CHUNK_BYTES;
  private static final byte[] CONTENT = StoreFixture.bytes(1, 2 * CHUNK + 1000);
  private static final ChunkGrid GRID = new ChunkGrid(CONTENT.length);

  @TempDir Path directory;
  private FileChannel channel;
  private ChunkChecksums checksums;

  @BeforeEach
  void open() throws IOException {
    channel =
        FileChannel.open(
            directory.resolve("data"),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    checksums = new ChunkChecksums(GRID);
  }

  @AfterEach
  void close() throws IOException {
    channel.close();
  }

  private static int expected(int chunk) {
    CRC32C crc = new CRC32C();
    crc.update(CONTENT, (int) GRID.start(chunk), GRID.length(chunk));
    return (int) crc.getValue();
  }

  private void write(int from, int to) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(CONTENT, from, to - from);
    channel.write(bytes.duplicate(), from);
    checksums.written(bytes, from);
    assertThat(bytes.remaining()).isEqualTo(to - from);
  }

  private void onlyTell(int from, int to) {
    checksums.written(ByteBuffer.wrap(CONTENT, from, to - from), from);
  }

  @Test
  void whatComesInOrderIsNotReadBack() throws IOException {
    // Nothing is in the file, so nothing can be read from it.
    onlyTell(0, 100);
    onlyTell(100, CHUNK - 1);
    onlyTell(CHUNK - 1, 2 * CHUNK + 500);
    onlyTell(2 * CHUNK + 500, CONTENT.length);
    for (int chunk = 0; chunk < GRID.count(); chunk++) {
      assertThat(checksums.finished(chunk, channel)).isEqualTo(expected(chunk));
    }
  }

  @Test
  void whatIsFinishedIsForgotten() throws IOException {
    onlyTell(2 * CHUNK, CONTENT.length);
    checksums.finished(2, channel);
    assertThatThrownBy(() -> checksums.finished(2, channel)).isInstanceOf(IOException.class);
  }

  @Test
  void whatComesOutOfOrderIsReadBack() throws IOException {
    write(2 * CHUNK + 500, CONTENT.length);
    write(2 * CHUNK, 2 * CHUNK + 500);
    assertThat(checksums.finished(2, channel)).isEqualTo(expected(2));
  }

  @Test
  void whatWasNotToldIsReadBack() throws IOException {
    channel.write(ByteBuffer.wrap(CONTENT), 0);
    assertThat(checksums.finished(0, channel)).isEqualTo(expected(0));
  }

  @Test
  void aChunkThatIsWrittenTwiceCountsAsItLiesInTheFile() throws IOException {
    byte[] wrong = StoreFixture.bytes(2, 1000);
    channel.write(ByteBuffer.wrap(wrong), 2L * CHUNK);
    checksums.written(ByteBuffer.wrap(wrong), 2L * CHUNK);
    write(2 * CHUNK + 10, CONTENT.length);
    write(2 * CHUNK, 2 * CHUNK + 10);
    assertThat(checksums.finished(2, channel)).isEqualTo(expected(2));
    onlyTell(2 * CHUNK, 2 * CHUNK + 7);
    write(2 * CHUNK, CONTENT.length);
    assertThat(checksums.finished(2, channel)).isEqualTo(expected(2));
  }

  @Test
  void aFileThatEndsTooEarlyHasNoChecksum() throws IOException {
    write(0, CHUNK - 1);
    assertThat(ChunkChecksums.ofFile(channel, GRID, 0)).isEmpty();
    assertThatThrownBy(() -> checksums.finished(0, channel))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("chunk 0");
  }

  @Test
  void inWhateverPiecesAndOrderTheyComeChecksumsAreRight() throws IOException {
    for (int seed = 0; seed < 10; seed++) {
      Random random = new Random(seed);
      checksums = new ChunkChecksums(GRID);
      channel.truncate(0);
      List<int[]> pieces = new ArrayList<>();
      for (int at = 0; at < CONTENT.length; ) {
        int end = Math.min(CONTENT.length, at + 1 + random.nextInt(600_000));
        pieces.add(new int[] {at, end});
        at = end;
      }
      for (int swaps = random.nextInt(6); swaps > 0; swaps--) {
        Collections.swap(pieces, random.nextInt(pieces.size()), random.nextInt(pieces.size()));
      }
      for (int[] piece : pieces) {
        write(piece[0], piece[1]);
      }
      for (int chunk = 0; chunk < GRID.count(); chunk++) {
        assertThat(checksums.finished(chunk, channel))
            .as("seed %d", seed)
            .isEqualTo(expected(chunk));
      }
    }
  }
}
