package dev.tarn.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Reads the Executable and Linkable Format as far as the dynamic loader does: program headers and
 * the dynamic section (System V ABI, chapters 4 and 5) with the versions of symbols (Linux Standard
 * Base, "Symbol Versioning"). Of 64 bits and little-endian, which all our platforms are.
 */
final class ElfReader {
  private static final byte[] MAGIC = {0x7f, 'E', 'L', 'F'};
  private static final int CLASS_64 = 2;
  private static final int LITTLE_ENDIAN = 1;

  private static final int SEGMENT_LOADED = 1;
  private static final int SEGMENT_DYNAMIC = 2;
  private static final int SEGMENT_LOADER = 3;

  private static final long END = 0;
  private static final long NEEDED = 1;
  private static final long STRINGS = 5;
  private static final long VERSIONS = 0x6ffffffcL;
  private static final long VERSIONS_NEEDED = 0x6ffffffeL;

  /** The loader does not insist on such a version. */
  private static final int WEAK = 2;

  private final ByteBuffer bytes;
  private final List<Segment> segments = new ArrayList<>();
  private final List<Entry> dynamic = new ArrayList<>();

  /** A part of the file, and where it is in memory. */
  private record Segment(int type, int offset, long address, long size) {}

  /** An entry of the dynamic section. */
  private record Entry(long tag, long value) {}

  private ElfReader(ByteBuffer bytes) {
    this.bytes = bytes.order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Empty if the file is of another format. */
  static Optional<ElfFile> read(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer start = ByteBuffer.allocate(MAGIC.length);
      channel.read(start, 0);
      if (!start.flip().equals(ByteBuffer.wrap(MAGIC))) {
        return Optional.empty();
      }
      return Optional.of(
          new ElfReader(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size())).parse());
    } catch (IndexOutOfBoundsException
        | IllegalArgumentException
        | ArithmeticException
        | NoSuchElementException e) {
      throw new IOException(file + " cannot be read as ELF: " + e.getMessage(), e);
    }
  }

  private ElfFile parse() {
    if (bytes.get(4) != CLASS_64 || bytes.get(5) != LITTLE_ENDIAN) {
      throw new IllegalArgumentException("not of 64 bits, little-endian");
    }
    readSegments();
    readDynamic();
    return new ElfFile(
        half(18), loader(), values(NEEDED).map(this::string).toList(), versionsNeeded(), versions());
  }

  private void readSegments() {
    int table = Math.toIntExact(bytes.getLong(32));
    int size = half(54);
    for (int i = 0; i < half(56); i++) {
      int at = table + i * size;
      segments.add(
          new Segment(
              bytes.getInt(at),
              Math.toIntExact(bytes.getLong(at + 8)),
              bytes.getLong(at + 16),
              bytes.getLong(at + 32)));
    }
  }

  private void readDynamic() {
    for (Segment segment : segments) {
      if (segment.type == SEGMENT_DYNAMIC) {
        for (int at = segment.offset; at < segment.offset + segment.size; at += 16) {
          Entry entry = new Entry(bytes.getLong(at), bytes.getLong(at + 8));
          if (entry.tag == END) {
            break;
          }
          dynamic.add(entry);
        }
      }
    }
  }

  private Optional<String> loader() {
    return segments.stream()
        .filter(segment -> segment.type == SEGMENT_LOADER)
        .map(segment -> text(segment.offset))
        .findFirst();
  }

  /** A chain of the needed libraries, each with a chain of versions. */
  private Map<String, Set<String>> versionsNeeded() {
    Map<String, Set<String>> needed = new HashMap<>();
    for (int at : tables(VERSIONS_NEEDED)) {
      for (int library : chain(at, 12)) {
        Set<String> versions =
            needed.computeIfAbsent(string(word(library + 4)), name -> new HashSet<>());
        for (int version : chain(library + Math.toIntExact(word(library + 8)), 12)) {
          if ((half(version + 4) & WEAK) == 0) {
            versions.add(string(word(version + 8)));
          }
        }
      }
    }
    return needed;
  }

  /** A chain of versions, of which each has its name and those that it grew from. */
  private Set<String> versions() {
    Set<String> versions = new HashSet<>();
    for (int at : tables(VERSIONS)) {
      for (int version : chain(at, 16)) {
        versions.add(string(word(version + Math.toIntExact(word(version + 12)))));
      }
    }
    return versions;
  }

  /** Where the tables of a kind are in the file: one or none. */
  private List<Integer> tables(long tag) {
    return values(tag).map(this::offset).toList();
  }

  /** Where the entries of a chain are, each of which says how far the next one is from it. */
  private List<Integer> chain(int first, int next) {
    List<Integer> entries = new ArrayList<>();
    int at = first;
    entries.add(at);
    while (word(at + next) != 0) {
      at += Math.toIntExact(word(at + next));
      entries.add(at);
    }
    return entries;
  }

  private Stream<Long> values(long tag) {
    return dynamic.stream().filter(entry -> entry.tag == tag).map(Entry::value);
  }

  private int offset(long address) {
    return segments.stream()
        .filter(segment -> segment.type == SEGMENT_LOADED)
        .filter(
            segment -> segment.address <= address && address < segment.address + segment.size)
        .map(segment -> Math.toIntExact(segment.offset + address - segment.address))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("nothing is loaded at " + address));
  }

  private String string(long index) {
    return text(tables(STRINGS).getFirst() + Math.toIntExact(index));
  }

  private String text(int at) {
    int end = at;
    while (bytes.get(end) != 0) {
      end++;
    }
    byte[] text = new byte[end - at];
    bytes.get(at, text);
    return new String(text, StandardCharsets.UTF_8);
  }

  private int half(int at) {
    return Short.toUnsignedInt(bytes.getShort(at));
  }

  private long word(int at) {
    return Integer.toUnsignedLong(bytes.getInt(at));
  }
}
