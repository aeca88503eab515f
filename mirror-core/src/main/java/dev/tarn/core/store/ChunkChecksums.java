package dev.tarn.core.store;

import dev.tarn.core.range.ChunkGrid;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.zip.CRC32C;

/**
 * The CRC32C of chunks while they are written, so that they need not be read back. Thread-safe.
 *
 * <p>A chunk whose bytes come in order is summed as they pass; any other is read from the file once
 * it is finished.
 */
final class ChunkChecksums {
  private static final int READ_BYTES = 256 * 1024;

  private final ChunkGrid grid;
  private final Map<Integer, Running> running = new HashMap<>();

  ChunkChecksums(ChunkGrid grid) {
    this.grid = grid;
  }

  private static final class Running {
    final CRC32C crc = new CRC32C();
    long next;

    Running(long start) {
      next = start;
    }
  }

  /** Takes note of bytes that were written at {@code offset}; borrows them and moves nothing. */
  synchronized void written(ByteBuffer bytes, long offset) {
    ByteBuffer rest = bytes.duplicate();
    long at = offset;
    while (rest.hasRemaining()) {
      int chunk = grid.chunkAt(at);
      int length = (int) Math.min(rest.remaining(), grid.end(chunk) - at);
      add(chunk, rest.slice(rest.position(), length), at);
      rest.position(rest.position() + length);
      at += length;
    }
  }

  private void add(int chunk, ByteBuffer bytes, long offset) {
    Running sum = running.get(chunk);
    if (offset == grid.start(chunk)) {
      sum = new Running(offset);
      running.put(chunk, sum);
    }
    if (sum == null) {
      return;
    }
    if (sum.next == offset) {
      sum.next += bytes.remaining();
      sum.crc.update(bytes);
    } else {
      running.remove(chunk);
    }
  }

  /** The checksum of a chunk all of which was written; forgets about it. */
  int finished(int chunk, FileChannel channel) throws IOException {
    Running sum;
    synchronized (this) {
      sum = running.remove(chunk);
    }
    if (sum != null && sum.next == grid.end(chunk)) {
      return (int) sum.crc.getValue();
    }
    return ofFile(channel, grid, chunk)
        .orElseThrow(() -> new IOException("chunk " + chunk + " is not all there"));
  }

  /** The checksum of a chunk as it lies in the file; empty where the file ends before it does. */
  static OptionalInt ofFile(FileChannel channel, ChunkGrid grid, int chunk) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(Math.min(READ_BYTES, grid.length(chunk)));
    CRC32C crc = new CRC32C();
    long end = grid.end(chunk);
    long at = grid.start(chunk);
    while (at < end) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), end - at));
      int read = channel.read(buffer, at);
      if (read < 0) {
        return OptionalInt.empty();
      }
      crc.update(buffer.flip());
      at += read;
    }
    return OptionalInt.of((int) crc.getValue());
  }
}
