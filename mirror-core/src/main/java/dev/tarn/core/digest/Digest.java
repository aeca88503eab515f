package dev.tarn.core.digest;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The address of content: {@code algorithm:hex}, as the OCI image specification defines it.
 *
 * <p>Only registered algorithms with exactly their lower-case hexadecimal length exist as a value
 * of this type, so a digest is safe as a file name.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.0/descriptor.md#digests">OCI
 *     image specification, Digests</a>
 */
public final class Digest implements Comparable<Digest> {
  private final Algorithm algorithm;
  private final String hex;
  private final int hash;

  private Digest(Algorithm algorithm, String hex) {
    this.algorithm = algorithm;
    this.hex = hex;
    this.hash = hex.hashCode();
  }

  /** The digest that {@code text} spells, or empty where it spells none that Tarn can verify. */
  public static Optional<Digest> parse(String text) {
    for (Algorithm algorithm : Algorithm.values()) {
      String label = algorithm.label();
      if (text.length() == label.length() + 1 + algorithm.hexLength()
          && text.startsWith(label)
          && text.charAt(label.length()) == ':') {
        String hex = text.substring(label.length() + 1);
        return isLowerHex(hex) ? Optional.of(new Digest(algorithm, hex)) : Optional.empty();
      }
    }
    return Optional.empty();
  }

  /** The digest of content whose bytes went into {@code hash}; the hash is reset by it. */
  public static Digest of(Algorithm algorithm, MessageDigest hash) {
    return new Digest(algorithm, HexFormat.of().formatHex(hash.digest()));
  }

  /** The digest of {@code content}, whose position stays where it is. */
  public static Digest of(Algorithm algorithm, ByteBuffer content) {
    MessageDigest hash = algorithm.newHash();
    hash.update(content.duplicate());
    return of(algorithm, hash);
  }

  /** The SHA-256 digest of {@code content}. */
  public static Digest sha256(byte[] content) {
    return of(Algorithm.SHA256, ByteBuffer.wrap(content));
  }

  /** The SHA-256 digest of the UTF-8 bytes of {@code content}. */
  public static Digest sha256(String content) {
    return sha256(content.getBytes(StandardCharsets.UTF_8));
  }

  public Algorithm algorithm() {
    return algorithm;
  }

  /** The part after the colon, in lower case. */
  public String hex() {
    return hex;
  }

  private static boolean isLowerHex(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f')) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int compareTo(Digest other) {
    int byAlgorithm = algorithm.compareTo(other.algorithm);
    return byAlgorithm != 0 ? byAlgorithm : hex.compareTo(other.hex);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Digest that && algorithm == that.algorithm && hex.equals(that.hex);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /** The whole digest, {@code algorithm:hex}. */
  @Override
  public String toString() {
    return algorithm.label() + ":" + hex;
  }
}
