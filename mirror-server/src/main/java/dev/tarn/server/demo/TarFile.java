package dev.tarn.server.demo;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Makes a tar archive of one regular file, in the POSIX ustar format. */
final class TarFile {
  private static final int BLOCK = 512;

  private TarFile() {}

  static byte[] of(String name, byte[] content) {
    int padded = (content.length + BLOCK - 1) / BLOCK * BLOCK;
    byte[] archive = new byte[BLOCK + padded + 2 * BLOCK];
    text(archive, 0, name);
    text(archive, 100, "0000644\0");
    text(archive, 108, "0000000\0");
    text(archive, 116, "0000000\0");
    text(archive, 124, String.format("%011o", content.length) + "\0");
    text(archive, 136, "00000000000\0");
    Arrays.fill(archive, 148, 156, (byte) ' ');
    archive[156] = '0';
    text(archive, 257, "ustar\00000");
    int sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      sum += archive[i] & 0xff;
    }
    text(archive, 148, String.format("%06o", sum) + "\0 ");
    System.arraycopy(content, 0, archive, BLOCK, content.length);
    return archive;
  }

  private static void text(byte[] archive, int offset, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, archive, offset, bytes.length);
  }
}
