package dev.tarn.core.digest;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** A digest algorithm that the OCI image specification registers and Tarn verifies. */
public enum Algorithm {
  SHA256("sha256", "SHA-256", 64),
  SHA512("sha512", "SHA-512", 128);

  private final String label;
  private final String jcaName;
  private final int hexLength;

  Algorithm(String label, String jcaName, int hexLength) {
    this.label = label;
    this.jcaName = jcaName;
    this.hexLength = hexLength;
  }

  /** The name as it stands before the colon of a digest, and as the store's directory. */
  public String label() {
    return label;
  }

  /** The number of hexadecimal characters of a digest of this algorithm. */
  public int hexLength() {
    return hexLength;
  }

  /** A new, empty hash state. */
  public MessageDigest newHash() {
    try {
      return MessageDigest.getInstance(jcaName);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has " + jcaName, e);
    }
  }
}
