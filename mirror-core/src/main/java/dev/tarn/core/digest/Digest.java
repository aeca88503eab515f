package dev.tarn.core.digest;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
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
  private static final List<Algorithm> ALGORITHMS = List.of(Algorithm.values());

  private final Algorithm algorithm;
  private final String text;
  private final int hash;

  private Digest(Algorithm algorithm, String text) {
    this.algorithm = algorithm;
    this.text = text;
    this.hash = text.hashCode();
  }

  /** The digest that {@code text} spells, or empty where it spells none that Tarn can verify. */
  public static Optional<Digest> parse(String text) {
    for (Algorithm algorithm : ALGORITHMS) {
      String label = algorithm.label();
      if (text.length() == label.length() + 1 + algorithm.hexLength()
          && text.startsWith(label)
          && text.charAt(label.length()) == ':'
          && isLowerHex(text, label.length() + 1)) {
        return Optional.of(new Digest(algorithm, text));
      }
    }
    return Optional.empty();
  }

  /** The digest of content whose bytes went into {@code hash}; the hash is reset by it. */
  public static Digest of(Algorithm algorithm, MessageDigest hash) {
    String hex = HexFormat.of().formatHex(hash.digest());
    return new Digest(algorithm, algorithm.label() + ":" + hex);
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
    return text.substring(algorithm.label().length() + 1);
  }

  private static boolean isLowerHex(String text, int from) {
    for (int i = from; i < text.length(); i++) {
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
    return byAlgorithm != 0 ? byAlgorithm : text.compareTo(other.text);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Digest that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /** The whole digest, {@code algorithm:hex}. */
  @Override
  public String toString() {
    return text;
  }
}
