package dev.tarn.agent.setup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** Which dynamic loader a 64-bit, little-endian ELF program names (its PT_INTERP). */
final class Elf {
  private static final int MAGIC = 0x464c457f;
  private static final int PT_INTERP = 3;
  private static final int HEADER_BYTES = 64;
  private static final int ENTRY_BYTES = 56;
  private static final int MAX_ENTRIES = 64;
  private static final int MAX_NAME_BYTES = 256;

  private Elf() {}

  /** Empty where it names none: it is linked statically, or no such program. */
  static Optional<String> interpreter(Path program) throws IOException {
    try (FileChannel channel = FileChannel.open(program)) {
      ByteBuffer header = read(channel, 0, HEADER_BYTES);
      if (header.remaining() < HEADER_BYTES
          || header.getInt(0) != MAGIC
          || header.get(4) != 2
          || header.get(5) != 1) {
        return Optional.empty();
      }
      long table = header.getLong(32);
      int entries = Math.min(header.getShort(56), MAX_ENTRIES);
      for (int i = 0; i < entries; i++) {
        ByteBuffer entry = read(channel, table + (long) i * ENTRY_BYTES, ENTRY_BYTES);
        if (entry.remaining() == ENTRY_BYTES && entry.getInt(0) == PT_INTERP) {
          int size = (int) Math.min(Math.max(entry.getLong(32), 1), MAX_NAME_BYTES);
          ByteBuffer name = read(channel, entry.getLong(8), size);
          return Optional.of(StandardCharsets.UTF_8.decode(name).toString().replace("\0", ""));
        }
      }
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // a position below zero
    }
  }

  private static ByteBuffer read(FileChannel channel, long at, int count) throws IOException {
    ByteBuffer into = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    while (into.hasRemaining() && channel.read(into, at + into.position()) > 0) {
      // until it is full or the file ends
    }
    return into.flip();
  }
}
