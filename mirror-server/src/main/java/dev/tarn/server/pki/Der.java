package dev.tarn.server.pki;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/**
 * ASN.1 in its distinguished encoding, as far as certificates and keys need it. Pure.
 *
 * @see <a href="https://www.itu.int/rec/T-REC-X.690">X.690</a>
 */
final class Der {
  static final int OCTETS = 0x04;
  static final int UTF8 = 0x0c;
  static final byte[] TRUE = {1, 1, (byte) 0xff};
  static final byte[] NULL = {5, 0};

  private static final int INTEGER = 0x02;
  private static final int BITS = 0x03;
  private static final int OBJECT = 0x06;
  private static final int UTC_TIME = 0x17;
  private static final int GENERALIZED_TIME = 0x18;
  private static final int SEQUENCE = 0x30;
  private static final int SET = 0x31;
  private static final int CONTEXT = 0x80;
  private static final int CONSTRUCTED = 0x20;
  private static final int LONG_FORM = 0x80;

  /** From then on a year has four digits. */
  private static final int FIRST_GENERALIZED_YEAR = 2050;

  private Der() {}

  static byte[] sequence(byte[]... parts) {
    return value(SEQUENCE, parts);
  }

  static byte[] set(byte[]... parts) {
    return value(SET, parts);
  }

  /** A value that says of itself what it is, inside another tag. */
  static byte[] explicit(int number, byte[]... parts) {
    return value(CONTEXT | CONSTRUCTED | number, parts);
  }

  /** A simple value with a tag in place of its own. */
  static byte[] implicit(int number, byte[] content) {
    return value(CONTEXT | number, content);
  }

  static byte[] integer(BigInteger number) {
    return value(INTEGER, number.toByteArray());
  }

  /** Whole octets as bits. */
  static byte[] bits(byte[] octets) {
    return bits(0, octets);
  }

  /**
   * Bits by name.
   *
   * @param unused how many of the last octet's are not there
   */
  static byte[] bits(int unused, byte[] octets) {
    return value(BITS, new byte[] {(byte) unused}, octets);
  }

  static byte[] object(int first, int second, int... more) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    content.write(40 * first + second);
    for (int arc : more) {
      for (int shift = 28; shift > 0; shift -= 7) {
        if (arc >>> shift != 0) {
          content.write((arc >>> shift & 0x7f) | 0x80);
        }
      }
      content.write(arc & 0x7f);
    }
    return value(OBJECT, content.toByteArray());
  }

  /** To the second, as certificates have it: with two digits for years before 2050. */
  static byte[] time(Instant when) {
    OffsetDateTime time = when.atOffset(ZoneOffset.UTC);
    boolean utc = time.getYear() < FIRST_GENERALIZED_YEAR;
    StringBuilder text = new StringBuilder(15);
    if (!utc) {
      digits(text, time.getYear() / 100);
    }
    digits(text, time.getYear() % 100);
    digits(text, time.getMonthValue());
    digits(text, time.getDayOfMonth());
    digits(text, time.getHour());
    digits(text, time.getMinute());
    digits(text, time.getSecond());
    return value(
        utc ? UTC_TIME : GENERALIZED_TIME,
        text.append('Z').toString().getBytes(StandardCharsets.US_ASCII));
  }

  private static void digits(StringBuilder text, int number) {
    text.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
  }

  static byte[] value(int tag, byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(length + 6);
    out.write(tag);
    if (length < LONG_FORM) {
      out.write(length);
    } else {
      int octets = 1;
      while (length >>> (8 * octets) != 0) {
        octets++;
      }
      out.write(LONG_FORM | octets);
      for (int i = octets - 1; i >= 0; i--) {
        out.write(length >>> (8 * i));
      }
    }
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  /** Where the content of the value at {@code at} begins. */
  static int content(byte[] der, int at) {
    int length = der[at + 1] & 0xff;
    return at + 2 + (length < LONG_FORM ? 0 : length & 0x7f);
  }

  /** Where the value at {@code at} is over. */
  static int end(byte[] der, int at) {
    int start = content(der, at);
    int length = der[at + 1] & 0xff;
    if (length >= LONG_FORM) {
      length = 0;
      for (int i = at + 2; i < start; i++) {
        length = (length << 8) | (der[i] & 0xff);
      }
    }
    return Math.addExact(start, length);
  }
}
