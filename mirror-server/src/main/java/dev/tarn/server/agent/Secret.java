package dev.tarn.server.agent;

import dev.tarn.server.files.UnusableException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** What node and agent know each other by, and what is proven with it. Immutable. */
final class Secret {
  private static final String ALGORITHM = "HmacSHA256";
  private static final int BYTES = 32;

  private final SecretKeySpec key;

  private Secret(byte[] bytes) {
    this.key = new SecretKeySpec(bytes, ALGORITHM);
  }

  /** The secret that a file of 32 bytes in base64url is. */
  static Secret parse(byte[] file) throws UnusableException {
    try {
      String text = new String(file, StandardCharsets.ISO_8859_1).stripTrailing();
      byte[] bytes = Base64.getUrlDecoder().decode(text);
      if (bytes.length == BYTES) {
        return new Secret(bytes);
      }
    } catch (IllegalArgumentException _) {
      // Told below, without what stands there.
    }
    throw new UnusableException("is not 32 bytes in base64url");
  }

  /**
   * Proves that the one who says {@code body} knows the secret.
   *
   * @param role who that is, so that nobody can be answered with his own words
   * @param address where the node is asked
   * @param challenge what makes this time another than the last
   */
  String proof(String role, String address, String challenge, byte[] body) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      mac.update(
          (role + "\n" + address + "\n" + challenge + "\n").getBytes(StandardCharsets.UTF_8));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    }
  }

  /** Whether that is the proof; takes as long whatever of it is right. */
  boolean isProof(String shown, String role, String address, String challenge, byte[] body) {
    return MessageDigest.isEqual(
        proof(role, address, challenge, body).getBytes(StandardCharsets.US_ASCII),
        shown.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return "a secret";
  }
}
