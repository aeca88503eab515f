package dev.tarn.server.registry;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Percent-decoding, once and strictly, of the few characters that names and digests are made of.
 */
final class Percent {
  private Percent() {}

  /** {@code text} decoded, or null where it is not well-formed or not printable ASCII. */
  static @Nullable String decode(String text) {
    if (text.indexOf('%') < 0) {
      return isPrintable(text) ? text : null;
    }
    byte[] decoded = new byte[text.length()];
    int length = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%') {
        int high = i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
        int low = high < 0 ? -1 : Character.digit(text.charAt(i + 2), 16);
        if (low < 0) {
          return null;
        }
        decoded[length++] = (byte) (high * 16 + low);
        i += 2;
      } else if (c < 0x80) {
        decoded[length++] = (byte) c;
      } else {
        return null;
      }
    }
    String result = new String(decoded, 0, length, StandardCharsets.ISO_8859_1);
    return isPrintable(result) ? result : null;
  }

  /** Whether {@code text} is what a URI is made of: ASCII, without spaces and controls. */
  static boolean isPrintable(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c <= 0x20 || c >= 0x7f) {
        return false;
      }
    }
    return true;
  }
}
