package dev.tarn.core.store;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.range.ChunkGrid;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The two files of one partial blob: its bytes, and, where its size is known, its chunk map.
 * Thread-safe; blocks.
 */
final class PartialFiles {
  private static final Logger log = LoggerFactory.getLogger(PartialFiles.class);
  private static final Set<OpenOption> READ_WRITE =
      Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);

  private final Disk disk;
  private final Path data;
  private final Path map;
  private final FileChannel channel;
  private final BitSet resumedChunks;
  private final @Nullable Chunks chunks;

  /** What only content of a known size has. */
  private record Chunks(ChunkGrid grid, ChunkMap map, ChunkChecksums checksums) {}

  private PartialFiles(
      Disk disk,
      Path data,
      Path map,
      FileChannel channel,
      BitSet resumedChunks,
      @Nullable Chunks chunks) {
    this.disk = disk;
    this.data = data;
    this.map = map;
    this.channel = channel;
    this.resumedChunks = resumedChunks;
    this.chunks = chunks;
  }

  /** Opens the files, keeping of what they hold the chunks that match their checksum. */
  static PartialFiles open(StoreLayout layout, Disk disk, Digest digest, long size)
      throws IOException {
    Path data = layout.partialData(digest);
    Path map = layout.partialChunks(digest);
    FileChannel channel = FileChannel.open(data, READ_WRITE, StoreLayout.FILE_MODE);
    Map<Integer, Integer> good = Map.of();
    try {
      if (size == BlobStore.UNKNOWN_SIZE) {
        Files.deleteIfExists(map);
        channel.truncate(0);
        return new PartialFiles(disk, data, map, channel, new BitSet(), null);
      }
      ChunkGrid grid = new ChunkGrid(size);
      if (channel.size() > 0) {
        good = goodChunks(channel, grid, ChunkMap.read(map, grid));
        if (good.isEmpty()) {
          channel.truncate(0);
        }
      }
      BitSet resumed = new BitSet();
      good.keySet().forEach(resumed::set);
      ChunkMap chunkMap =
          good.isEmpty()
              ? ChunkMap.createEmpty(disk, map, grid)
              : ChunkMap.create(disk, map, layout.newTemporary(), grid, good);
      Chunks chunks = new Chunks(grid, chunkMap, new ChunkChecksums(grid));
      return new PartialFiles(disk, data, map, channel, resumed, chunks);
    } catch (IOException | RuntimeException e) {
      channel.close();
      if (good.isEmpty()) {
        Files.deleteIfExists(data);
      }
      throw e;
    }
  }

  private static Map<Integer, Integer> goodChunks(
      FileChannel channel, ChunkGrid grid, Map<Integer, Integer> listed) throws IOException {
    Map<Integer, Integer> good = new TreeMap<>();
    for (Map.Entry<Integer, Integer> entry : listed.entrySet()) {
      OptionalInt now = ChunkChecksums.ofFile(channel, grid, entry.getKey());
      if (now.isPresent() && now.getAsInt() == entry.getValue()) {
        good.put(entry.getKey(), entry.getValue());
      }
    }
    return good;
  }

  FileChannel channel() {
    return channel;
  }

  Path data() {
    return data;
  }

  BitSet resumedChunks() {
    return (BitSet) resumedChunks.clone();
  }

  /** The bytes that {@code finished} chunks are. */
  long bytesOf(BitSet finished) {
    return chunks == null
        ? 0
        : finished.stream().mapToLong(chunk -> chunks.grid().length(chunk)).sum();
  }

  void write(ByteBuffer bytes, long offset) throws IOException {
    ByteBuffer summed = bytes.duplicate();
    disk.write(channel, bytes, offset);
    if (chunks != null) {
      chunks.checksums().written(summed, offset);
    }
  }

  /** Enters a chunk into the map. Does nothing where there is none. */
  void finish(int chunk) throws IOException {
    if (chunks != null) {
      chunks.map().append(chunk, chunks.checksums().finished(chunk, channel));
    }
  }

  /** Makes sure that the file is exactly so long. */
  void requireSize(long size) throws IOException {
    if (channel.size() > size) {
      channel.truncate(size);
    }
    if (channel.size() != size) {
      throw new IOException("only " + channel.size() + " of " + size + " bytes are here");
    }
  }

  void closeMap() {
    try {
      if (chunks != null) {
        chunks.map().close();
      }
    } catch (IOException e) {
      log.atWarn().addKeyValue("file", map).setCause(e).log("partial.close.failed");
    }
  }

  void deleteMap() {
    try {
      Files.deleteIfExists(map);
    } catch (IOException e) {
      log.atWarn().addKeyValue("file", map).setCause(e).log("partial.delete.failed");
    }
  }
}
