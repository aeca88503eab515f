package dev.tarn.agent.cri;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * As much of protobuf's encoding as the calls need: fields of bytes.
 *
 * @see <a href="https://protobuf.dev/programming-guides/encoding/">Encoding</a>
 */
final class Protobuf {
  private static final int VARINT = 0;
  private static final int FIXED_64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED_32 = 5;
  private static final int MAX_VARINT_BITS = 64;

  private Protobuf() {}

  static byte[] field(int number, String text) {
    return field(number, text.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] field(int number, byte[] value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(value.length + 8);
    varint(out, (number << 3) | BYTES);
    varint(out, value.length);
    out.writeBytes(value);
    return out.toByteArray();
  }

  private static void varint(ByteArrayOutputStream out, int value) {
    int rest = value;
    while (rest > 0x7f) {
      out.write((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    out.write(rest);
  }

  /** The text of that field of a message; empty where it has none, or is no message. */
  static Optional<String> text(byte[] message, int number) {
    Reader reader = new Reader(message);
    while (reader.more()) {
      long tag = reader.varint();
      switch ((int) (tag & 7)) {
        case VARINT -> reader.varint();
        case FIXED_64 -> reader.skip(8);
        case FIXED_32 -> reader.skip(4);
        case BYTES -> {
          byte[] value = reader.bytes(reader.varint());
          if (reader.valid() && (tag >>> 3) == number) {
            return Optional.of(new String(value, StandardCharsets.UTF_8));
          }
        }
        default -> reader.fail();
      }
    }
    return Optional.empty();
  }

  /** Reads on over what is malformed by having nothing more. */
  private static final class Reader {
    private final byte[] from;
    private int at;
    private boolean valid = true;

    Reader(byte[] from) {
      this.from = from;
    }

    boolean more() {
      return valid && at < from.length;
    }

    boolean valid() {
      return valid;
    }

    void fail() {
      valid = false;
    }

    long varint() {
      long value = 0;
      for (int shift = 0; shift < MAX_VARINT_BITS; shift += 7) {
        if (at >= from.length) {
          break;
        }
        byte next = from[at++];
        value |= (next & 0x7fL) << shift;
        if (next >= 0) {
          return value;
        }
      }
      fail();
      return 0;
    }

    void skip(long count) {
      bytes(count);
    }

    byte[] bytes(long count) {
      if (count < 0 || count > from.length - at) {
        fail();
        return new byte[0];
      }
      byte[] value = Arrays.copyOfRange(from, at, at + (int) count);
      at += (int) count;
      return value;
    }
  }
}
