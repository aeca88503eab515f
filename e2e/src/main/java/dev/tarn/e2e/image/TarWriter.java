package dev.tarn.e2e.image;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Writes a tar archive as POSIX.1-1988 (ustar) has it: regular files of root's, dated 1970. Borrows
 * the stream.
 */
final class TarWriter {
  private static final int BLOCK_BYTES = 512;
  private static final int NAME_BYTES = 100;

  /** The rights of a file that everybody reads. */
  static final int PLAIN = 0644;

  /** The rights of a program. */
  static final int PROGRAM = 0755;

  private final OutputStream out;

  TarWriter(OutputStream out) {
    this.out = out;
  }

  /** Writes the header of a file; its bytes must follow, then {@link #endFile}. */
  void beginFile(String name, long size) throws IOException {
    beginFile(name, size, PLAIN);
  }

  /** The same for a file with those rights. */
  void beginFile(String name, long size, int mode) throws IOException {
    byte[] header = new byte[BLOCK_BYTES];
    if (name.length() > NAME_BYTES) {
      throw new IllegalArgumentException("longer than a tar header holds: " + name);
    }
    put(header, 0, name);
    put(header, 100, String.format(Locale.ROOT, "%07o\0", mode));
    put(header, 108, "0000000\0");
    put(header, 116, "0000000\0");
    put(header, 124, String.format(Locale.ROOT, "%011o\0", size));
    put(header, 136, "00000000000\0");
    put(header, 148, "        ");
    put(header, 156, "0");
    put(header, 257, "ustar\00000");
    int sum = 0;
    for (byte each : header) {
      sum += each & 0xff;
    }
    put(header, 148, String.format(Locale.ROOT, "%06o\0 ", sum));
    out.write(header);
  }

  /** Pads a file of that size to whole blocks. */
  void endFile(long size) throws IOException {
    int rest = (int) (size % BLOCK_BYTES);
    if (rest != 0) {
      out.write(new byte[BLOCK_BYTES - rest]);
    }
  }

  /** Writes the two empty blocks that end an archive. */
  void end() throws IOException {
    out.write(new byte[2 * BLOCK_BYTES]);
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }
}
