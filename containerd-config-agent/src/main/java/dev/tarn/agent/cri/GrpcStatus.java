package dev.tarn.agent.cri;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Finds {@code grpc-status} in a block of trailers, without decoding the block: the name is written
 * out, plain or by the fixed Huffman code, because the client allows no dynamic table; and its
 * value, at most two digits, is never shorter in that code.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7541#section-5.2">RFC 7541, 5.2</a>
 */
final class GrpcStatus {
  private static final byte[] PLAIN = "\u000bgrpc-status".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] HUFFMAN = {
    (byte) 0x88,
    (byte) 0x9a,
    (byte) 0xca,
    (byte) 0xc8,
    (byte) 0xb2,
    0x12,
    0x34,
    (byte) 0xda,
    (byte) 0x8f
  };

  private GrpcStatus() {}

  static Optional<Integer> in(byte[] block) {
    Optional<Integer> found = after(HUFFMAN, block);
    return found.isPresent() ? found : after(PLAIN, block);
  }

  private static Optional<Integer> after(byte[] name, byte[] block) {
    for (int at = 0; at + name.length + 1 < block.length; at++) {
      if (startsAt(name, block, at)) {
        return digits(block, at + name.length);
      }
    }
    return Optional.empty();
  }

  private static boolean startsAt(byte[] name, byte[] block, int at) {
    for (int i = 0; i < name.length; i++) {
      if (block[at + i] != name[i]) {
        return false;
      }
    }
    return true;
  }

  private static Optional<Integer> digits(byte[] block, int at) {
    int length = block[at];
    if (length < 1 || length > 2 || at + length >= block.length) {
      return Optional.empty();
    }
    int value = 0;
    for (int i = 1; i <= length; i++) {
      int digit = block[at + i] - '0';
      if (digit < 0 || digit > 9) {
        return Optional.empty();
      }
      value = value * 10 + digit;
    }
    return Optional.of(value);
  }
}
