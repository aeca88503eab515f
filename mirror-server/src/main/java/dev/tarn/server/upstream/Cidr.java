package dev.tarn.server.upstream;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/** A block of addresses, such as {@code 10.0.0.0/8}; one address is a block of its full length. */
record Cidr(InetAddress network, int prefixBits) {

  /** The block that {@code text} spells; never looks a name up. */
  static Optional<Cidr> parse(String text) {
    int slash = text.indexOf('/');
    String literal = slash < 0 ? text : text.substring(0, slash);
    return literal(literal)
        .flatMap(
            network -> {
              int length = network.getAddress().length * 8;
              int bits = slash < 0 ? length : parseBits(text.substring(slash + 1), length);
              return bits < 0 ? Optional.empty() : Optional.of(new Cidr(network, bits));
            });
  }

  /** The address that {@code text} is a literal of, with or without brackets. */
  static Optional<InetAddress> literal(String text) {
    String bare = text.startsWith("[") && text.endsWith("]") ? inner(text) : text;
    boolean v6 = bare.indexOf(':') >= 0;
    boolean v4 =
        !v6
            && bare.chars().filter(c -> c == '.').count() == 3
            && bare.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
    if (!v4 && !v6) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.ofLiteral(bare));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The address of these 4 or 16 bytes. */
  static InetAddress address(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("not an address length: " + bytes.length, e);
    }
  }

  boolean contains(InetAddress address) {
    byte[] one = network.getAddress();
    byte[] other = address.getAddress();
    if (one.length != other.length) {
      return false;
    }
    for (int bit = 0; bit < prefixBits; bit += 8) {
      int mask = prefixBits - bit >= 8 ? 0xff : 0xff << (8 - (prefixBits - bit));
      if (((one[bit / 8] ^ other[bit / 8]) & mask & 0xff) != 0) {
        return false;
      }
    }
    return true;
  }

  private static String inner(String text) {
    return text.substring(1, text.length() - 1);
  }

  private static int parseBits(String text, int max) {
    boolean digits =
        !text.isEmpty() && text.length() <= 3 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    int bits = digits ? Integer.parseInt(text) : -1;
    return bits <= max ? bits : -1;
  }
}
