package dev.tarn.agent.mirror;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/**
 * Shows that who wrote a body knows the secret, was asked just now, and is the one at that address:
 * HMAC-SHA256 in base64url.
 *
 * <p>By the digest itself: {@code javax.crypto.Mac} would load the JDK's whole framework of
 * providers, which takes more memory than all else that this package does.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc2104">RFC 2104</a>
 */
final class Proof {
  /** What the agent's proofs begin with. */
  static final String AGENT = "agent";

  /** What the mirror's begin with: one is no use as the other. */
  static final String NODE = "node";

  private static final int BLOCK_BYTES = 64;

  private Proof() {}

  static String of(String who, byte[] secret, String address, String challenge, byte[] body) {
    String head = who + "\n" + address + "\n" + challenge + "\n";
    byte[] proof = hmac(secret, head.getBytes(StandardCharsets.UTF_8), body);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(proof);
  }

  /** Takes as long whatever differs. */
  static boolean equal(String a, String b) {
    return MessageDigest.isEqual(
        a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
  }

  /** Of a key no longer than a block. */
  static byte[] hmac(byte[] key, byte[]... message) {
    if (key.length > BLOCK_BYTES) {
      throw new IllegalArgumentException("a key of " + key.length + " bytes");
    }
    byte[] inner = Arrays.copyOf(key, BLOCK_BYTES);
    byte[] outer = inner.clone();
    for (int i = 0; i < BLOCK_BYTES; i++) {
      inner[i] ^= 0x36;
      outer[i] ^= 0x5c;
    }
    MessageDigest digest = sha256();
    digest.update(inner);
    for (byte[] part : message) {
      digest.update(part);
    }
    byte[] hash = digest.digest();
    digest.update(outer);
    return digest.digest(hash);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
