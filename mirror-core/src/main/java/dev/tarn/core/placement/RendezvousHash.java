package dev.tarn.core.placement;

import dev.tarn.core.digest.Algorithm;
import dev.tarn.core.digest.Digest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * The fixed hash behind placement: the same on every JVM and in every version. Pure functions.
 *
 * <p>All arithmetic is on 64 bits, unsigned, modulo 2<sup>64</sup>; bytes are read big-endian.
 *
 * <ul>
 *   <li>{@code member(name)}: the first 8 bytes of SHA-256 over the name in UTF-8.
 *   <li>{@code key(digest, segment)}: {@code mix(D + (segment + 1) × 0x9E3779B97F4A7C15)}, where
 *       {@code D} is the first 8 bytes of the digest (the first 16 of its hexadecimal digits).
 *   <li>{@code score = mix(key xor member)}, compared unsigned; of equal scores the member whose
 *       name sorts first is ahead.
 *   <li>{@code mix(z)}: {@code z = (z xor (z >>> 30)) × 0xBF58476D1CE4E5B9}, then {@code z = (z xor
 *       (z >>> 27)) × 0x94D049BB133111EB}, then {@code z xor (z >>> 31)}: the finaliser of
 *       SplitMix64 (Steele, Lea, Flood, OOPSLA 2014; constants by Stafford).
 * </ul>
 */
final class RendezvousHash {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
  private static final int DIGEST_DIGITS = 16;

  private RendezvousHash() {}

  static long member(String name) {
    MessageDigest hash = Algorithm.SHA256.newHash();
    byte[] bytes = hash.digest(name.getBytes(StandardCharsets.UTF_8));
    long value = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      value = value << Byte.SIZE | (bytes[i] & 0xFF);
    }
    return value;
  }

  static long key(Digest digest, int segment) {
    long start = Long.parseUnsignedLong(digest.hex(), 0, DIGEST_DIGITS, 16);
    return mix(start + (segment + 1L) * GOLDEN_GAMMA);
  }

  static long score(long key, long member) {
    return mix(key ^ member);
  }

  static long mix(long value) {
    long z = value;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
