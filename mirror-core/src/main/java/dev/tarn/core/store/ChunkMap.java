package dev.tarn.core.store;

import dev.tarn.core.range.ChunkGrid;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * The file that says which chunks of partial content are here, with the CRC32C of each.
 * Thread-safe; blocks.
 *
 * <p>Big-endian. A header of 24 bytes: magic {@code TARN}, version, chunk length (4 bytes each),
 * size of the content (8 bytes), CRC32C of these (4 bytes). Then a record of 12 bytes for each
 * chunk in the order they were finished: chunk, its CRC32C, CRC32C of these two (4 bytes each).
 * Nothing is forced to the device: a record that a crash tore or lost is a chunk that is fetched
 * again, and whoever reads the map checks the chunks themselves.
 */
final class ChunkMap implements Closeable {
  static final int MAGIC = 0x5441524e;
  static final int VERSION = 1;
  static final int HEADER_BYTES = 24;
  static final int RECORD_BYTES = 12;
  private static final int SIZE_OFFSET = 12;

  private final Disk disk;
  private final FileChannel channel;

  /** Where the next record goes; one that could not be written whole is overwritten by the next. */
  private long end;

  private ChunkMap(Disk disk, FileChannel channel, long end) {
    this.disk = disk;
    this.channel = channel;
    this.end = end;
  }

  /** The finished chunks and their checksums; none where the file does not fit the grid. */
  static Map<Integer, Integer> read(Path file, ChunkGrid grid) throws IOException {
    ByteBuffer content;
    try {
      content = ByteBuffer.wrap(Files.readAllBytes(file));
    } catch (NoSuchFileException _) {
      return Map.of();
    }
    if (content.remaining() < HEADER_BYTES
        || !content.slice(0, HEADER_BYTES).equals(header(grid.size()))) {
      return Map.of();
    }
    Map<Integer, Integer> chunks = new TreeMap<>();
    for (int at = HEADER_BYTES; at + RECORD_BYTES <= content.limit(); at += RECORD_BYTES) {
      int chunk = content.getInt(at);
      int checksum = content.getInt(at + 4);
      if (content.getInt(at + 8) == checksum(content.slice(at, 8))
          && chunk >= 0
          && chunk < grid.count()) {
        chunks.put(chunk, checksum);
      }
    }
    return chunks;
  }

  /** The size of the content whose chunks the map lists; empty where it lists none. */
  static OptionalLong contentSize(Path file) {
    if (!Files.exists(file)) {
      return OptionalLong.empty(); // The usual case, which is not to cost an exception.
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer start = ByteBuffer.allocate(HEADER_BYTES);
      while (start.hasRemaining() && channel.read(start) >= 0) {
        // until the header is here, or the file ends
      }
      long size = start.getLong(SIZE_OFFSET);
      boolean usable = start.flip().equals(header(size)) && finishedBytes(channel.size()) > 0;
      return usable ? OptionalLong.of(size) : OptionalLong.empty();
    } catch (IOException _) {
      return OptionalLong.empty();
    }
  }

  /** At most how many bytes of content the chunks are that a map of {@code fileBytes} lists. */
  static long finishedBytes(long fileBytes) {
    return Math.max(0, (fileBytes - HEADER_BYTES) / RECORD_BYTES) * ChunkGrid.CHUNK_BYTES;
  }

  /** Starts the map anew with {@code chunks}; written to {@code temporary}, then renamed. */
  static ChunkMap create(
      Disk disk, Path file, Path temporary, ChunkGrid grid, Map<Integer, Integer> chunks)
      throws IOException {
    ChunkMap map = written(disk, temporary, grid, chunks);
    try {
      disk.rename(temporary, file);
      return map;
    } catch (IOException | RuntimeException e) {
      map.close();
      Files.deleteIfExists(temporary);
      throw e;
    }
  }

  /**
   * Starts a map that lists nothing, in place of whatever was there. It needs no rename, which the
   * content's first byte would wait for: half a header lists nothing as well.
   */
  static ChunkMap createEmpty(Disk disk, Path file, ChunkGrid grid) throws IOException {
    Files.deleteIfExists(file);
    return written(disk, file, grid, Map.of());
  }

  private static ChunkMap written(
      Disk disk, Path file, ChunkGrid grid, Map<Integer, Integer> chunks) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            StoreLayout.FILE_MODE);
    try {
      ByteBuffer content = ByteBuffer.allocate(HEADER_BYTES + chunks.size() * RECORD_BYTES);
      content.put(header(grid.size()));
      chunks.forEach((chunk, checksum) -> content.put(record(chunk, checksum)));
      content.flip();
      int length = content.limit();
      disk.write(channel, content, 0);
      return new ChunkMap(disk, channel, length);
    } catch (IOException | RuntimeException e) {
      channel.close();
      Files.deleteIfExists(file);
      throw e;
    }
  }

  /** Notes that {@code chunk} is here. */
  synchronized void append(int chunk, int checksum) throws IOException {
    disk.write(channel, record(chunk, checksum), end);
    end += RECORD_BYTES;
  }

  private static ByteBuffer header(long size) {
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
    header.putInt(MAGIC).putInt(VERSION).putInt(ChunkGrid.CHUNK_BYTES).putLong(size);
    header.putInt(checksum(header.duplicate().flip()));
    return header.flip();
  }

  private static ByteBuffer record(int chunk, int checksum) {
    ByteBuffer record = ByteBuffer.allocate(RECORD_BYTES);
    record.putInt(chunk).putInt(checksum);
    record.putInt(checksum(record.duplicate().flip()));
    return record.flip();
  }

  private static int checksum(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
