package dev.tarn.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes ELF files that have nothing but what the loader reads. */
final class ElfBytes {
  /** Where the file is in memory: elsewhere than in the file, as it is the rule. */
  private static final long ADDRESS = 0x400000;

  private static final int HEADER = 64;
  private static final int SEGMENT = 56;

  private final Platform platform;
  private final ByteArrayOutputStream strings = new ByteArrayOutputStream();
  private final List<Integer> needed = new ArrayList<>();
  private final List<Version> versionsNeeded = new ArrayList<>();
  private final List<Integer> versions = new ArrayList<>();
  private Optional<String> loader = Optional.empty();

  private record Version(int library, int name, boolean weak) {}

  private ElfBytes(Platform platform) {
    this.platform = platform;
    strings.write(0);
  }

  static ElfBytes library(Platform platform) {
    return new ElfBytes(platform);
  }

  static ElfBytes program(Platform platform) {
    return library(platform).loadedBy("/" + platform.loader());
  }

  ElfBytes loadedBy(String path) {
    loader = Optional.of(path);
    return this;
  }

  ElfBytes needs(String... libraries) {
    for (String library : libraries) {
      needed.add(string(library));
    }
    return this;
  }

  ElfBytes needsVersion(String library, String version) {
    versionsNeeded.add(new Version(string(library), string(version), false));
    return this;
  }

  ElfBytes needsWeakly(String library, String version) {
    versionsNeeded.add(new Version(string(library), string(version), true));
    return this;
  }

  ElfBytes has(String version) {
    versions.add(string(version));
    return this;
  }

  void writeTo(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, bytes());
  }

  byte[] bytes() {
    byte[] path = (loader.orElse("") + "\0").getBytes(StandardCharsets.UTF_8);
    int segments = loader.isPresent() ? 3 : 2;
    int text = HEADER + segments * SEGMENT;
    int tables = text + path.length;
    int needs = tables + strings.size();
    int has = needs + 32 * versionsNeeded.size();
    int dynamic = has + 28 * versions.size();
    int entries =
        needed.size() + 2 + (versionsNeeded.isEmpty() ? 0 : 1) + (versions.isEmpty() ? 0 : 1);
    int end = dynamic + 16 * entries;
    ByteBuffer bytes = ByteBuffer.allocate(end).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}).position(16);
    bytes.putShort((short) 3).putShort((short) platform.machine()).putInt(1);
    bytes.putLong(0).putLong(HEADER).putLong(0).putInt(0);
    bytes.putShort((short) HEADER).putShort((short) SEGMENT).putShort((short) segments);
    bytes.position(HEADER);
    segment(bytes, 1, 0, end);
    segment(bytes, 2, dynamic, 16 * entries);
    if (loader.isPresent()) {
      segment(bytes, 3, text, path.length);
    }
    bytes.put(path).put(strings.toByteArray());
    for (int i = 0; i < versionsNeeded.size(); i++) {
      Version version = versionsNeeded.get(i);
      bytes.putShort((short) 1).putShort((short) 1).putInt(version.library).putInt(16);
      bytes.putInt(i + 1 < versionsNeeded.size() ? 32 : 0);
      bytes.putInt(0).putShort((short) (version.weak ? 2 : 0)).putShort((short) 2);
      bytes.putInt(version.name).putInt(0);
    }
    for (int i = 0; i < versions.size(); i++) {
      bytes.putShort((short) 1).putShort((short) 0).putShort((short) 2).putShort((short) 1);
      bytes.putInt(0).putInt(20).putInt(i + 1 < versions.size() ? 28 : 0);
      bytes.putInt(versions.get(i)).putInt(0);
    }
    needed.forEach(library -> entry(bytes, 1, library));
    entry(bytes, 5, ADDRESS + tables);
    if (!versionsNeeded.isEmpty()) {
      entry(bytes, 0x6ffffffeL, ADDRESS + needs);
    }
    if (!versions.isEmpty()) {
      entry(bytes, 0x6ffffffcL, ADDRESS + has);
    }
    entry(bytes, 0, 0);
    return bytes.array();
  }

  private static void segment(ByteBuffer bytes, int type, int offset, int size) {
    bytes.putInt(type).putInt(4).putLong(offset).putLong(ADDRESS + offset);
    bytes.putLong(ADDRESS + offset).putLong(size).putLong(size).putLong(1);
  }

  private static void entry(ByteBuffer bytes, long tag, long value) {
    bytes.putLong(tag).putLong(value);
  }

  private int string(String text) {
    int at = strings.size();
    strings.writeBytes((text + "\0").getBytes(StandardCharsets.UTF_8));
    return at;
  }
}
