package dev.tarn.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.core.range.ChunkGrid;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChunkMapTest {
  private static final ChunkGrid GRID = new ChunkGrid(10L * ChunkGrid.CHUNK_BYTES + 1);

  @TempDir Path directory;
  private Path file;
  private Path temporary;

  @BeforeEach
  void names() {
    file = directory.resolve("map");
    temporary = directory.resolve("temporary");
  }

  private ChunkMap create(Map<Integer, Integer> chunks) throws IOException {
    return ChunkMap.create(Disk.REAL, file, temporary, GRID, chunks);
  }

  @Test
  void whatIsWrittenIsRead() throws IOException {
    try (ChunkMap map = create(Map.of(3, 33))) {
      map.append(0, -1);
      map.append(10, Integer.MIN_VALUE);
    }
    assertThat(ChunkMap.read(file, GRID)).isEqualTo(Map.of(3, 33, 0, -1, 10, Integer.MIN_VALUE));
    assertThat(ChunkMap.contentSize(file)).hasValue(GRID.size());
    assertThat(temporary).doesNotExist();
  }

  @Test
  void theFileIsAsDocumented() throws IOException {
    create(Map.of(2, 7)).close();
    ByteBuffer content = ByteBuffer.wrap(Files.readAllBytes(file));
    assertThat(content.remaining()).isEqualTo(24 + 12);
    assertThat(content.getInt()).isEqualTo(0x5441524e);
    assertThat(content.getInt()).isEqualTo(1);
    assertThat(content.getInt()).isEqualTo(4 * 1024 * 1024);
    assertThat(content.getLong()).isEqualTo(GRID.size());
    content.getInt();
    assertThat(content.getInt()).isEqualTo(2);
    assertThat(content.getInt()).isEqualTo(7);
  }

  @Test
  void aMissingFileIsAnEmptyMap() throws IOException {
    assertThat(ChunkMap.read(file, GRID)).isEmpty();
    assertThat(ChunkMap.contentSize(file)).isEmpty();
  }

  @Test
  void aMapWithoutChunksTellsNoSize() throws IOException {
    create(Map.of()).close();
    assertThat(ChunkMap.contentSize(file)).isEmpty();
  }

  @Test
  void wherEverItIsTornWhatPrecedesIsRead() throws IOException {
    try (ChunkMap map = create(Map.of())) {
      map.append(5, 50);
      map.append(6, 60);
    }
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      Map<Integer, Integer> expected = length < 36 ? Map.of() : Map.of(5, 50);
      assertThat(ChunkMap.read(file, GRID)).as("of %d bytes", length).isEqualTo(expected);
      assertThat(ChunkMap.contentSize(file).isPresent()).isEqualTo(length >= 36);
    }
  }

  @Test
  void aDamagedRecordIsSkippedAndADamagedHeaderVoidsAll() throws IOException {
    try (ChunkMap map = create(Map.of())) {
      map.append(5, 50);
      map.append(6, 60);
      map.append(7, 70);
    }
    byte[] whole = Files.readAllBytes(file);
    Random random = new Random(10);
    for (int at = 0; at < whole.length; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, damaged);
      Map<Integer, Integer> expected =
          at < 24
              ? Map.of()
              : switch ((at - 24) / 12) {
                case 0 -> Map.of(6, 60, 7, 70);
                case 1 -> Map.of(5, 50, 7, 70);
                default -> Map.of(5, 50, 6, 60);
              };
      assertThat(ChunkMap.read(file, GRID)).as("byte %d", at).isEqualTo(expected);
    }
  }

  @Test
  void theMapOfOtherContentIsNone() throws IOException {
    create(Map.of(0, 1)).close();
    assertThat(ChunkMap.read(file, new ChunkGrid(GRID.size() + 1))).isEmpty();
  }

  @Test
  void chunksThatCannotBeAreIgnored() throws IOException {
    create(Map.of(0, 1, 10, 2, 11, 3, -1, 4)).close();
    assertThat(ChunkMap.read(file, GRID)).isEqualTo(Map.of(0, 1, 10, 2));
  }

  @Test
  void aRecordThatCouldNotBeWrittenIsOverwrittenByTheNext() throws IOException {
    FaultyDisk disk = new FaultyDisk();
    try (ChunkMap map = ChunkMap.create(disk, file, temporary, GRID, Map.of())) {
      map.append(1, 10);
      disk.writableBytes = 5;
      assertThatThrownBy(() -> map.append(2, 20)).isInstanceOf(IOException.class);
      assertThat(ChunkMap.read(file, GRID)).isEqualTo(Map.of(1, 10));
      disk.writableBytes = Long.MAX_VALUE;
      map.append(3, 30);
    }
    assertThat(ChunkMap.read(file, GRID)).isEqualTo(Map.of(1, 10, 3, 30));
  }

  @Test
  void aMapThatCannotBeStartedLeavesNothing() throws IOException {
    FaultyDisk disk = new FaultyDisk();
    disk.writableBytes = 5;
    assertThatThrownBy(() -> ChunkMap.create(disk, file, temporary, GRID, Map.of()))
        .isInstanceOf(IOException.class);
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void theLengthOfTheFileBoundsWhatIsFinished() {
    assertThat(ChunkMap.finishedBytes(0)).isZero();
    assertThat(ChunkMap.finishedBytes(35)).isZero();
    assertThat(ChunkMap.finishedBytes(36)).isEqualTo(ChunkGrid.CHUNK_BYTES);
    assertThat(ChunkMap.finishedBytes(48)).isEqualTo(2L * ChunkGrid.CHUNK_BYTES);
  }
}
