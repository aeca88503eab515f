package dev.tarn.server.pki;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECKey;

/** Keys and what they sign with. Pure, but for the randomness that is given. */
public final class Keys {
  /** P-256, which every TLS library has. */
  private static final int CURVE_BITS = 256;

  private static final byte[] ECDSA_SHA256 = Der.sequence(Der.object(1, 2, 840, 10045, 4, 3, 2));
  private static final byte[] ECDSA_SHA384 = Der.sequence(Der.object(1, 2, 840, 10045, 4, 3, 3));
  private static final byte[] ECDSA_SHA512 = Der.sequence(Der.object(1, 2, 840, 10045, 4, 3, 4));
  private static final byte[] RSA_SHA256 =
      Der.sequence(Der.object(1, 2, 840, 113549, 1, 1, 11), Der.NULL);
  private static final byte[] ED25519 = Der.sequence(Der.object(1, 3, 101, 112));

  private Keys() {}

  /** How a key signs: the JDK's name for it, and what certificates have. */
  static final class Scheme {
    private final String name;
    private final byte[] identifier;

    private Scheme(String name, byte[] identifier) {
      this.name = name;
      this.identifier = identifier;
    }

    String name() {
      return name;
    }

    /** To be read only. */
    byte[] identifier() {
      return identifier;
    }

    static Scheme of(PrivateKey key) throws GeneralSecurityException {
      return switch (key.getAlgorithm()) {
        case "EC" -> ofCurve(key);
        case "RSA" -> new Scheme("SHA256withRSA", RSA_SHA256);
        // What the JDK names keys of Edwards curves by: "EdDSA", or the curve's name.
        case "EdDSA", "Ed25519" -> new Scheme("Ed25519", ED25519);
        default ->
            throw new GeneralSecurityException(
                "a key that nothing is signed by: " + key.getAlgorithm());
      };
    }

    private static Scheme ofCurve(PrivateKey key) {
      int bits = key instanceof ECKey ec ? ec.getParams().getOrder().bitLength() : CURVE_BITS;
      if (bits <= 256) {
        return new Scheme("SHA256withECDSA", ECDSA_SHA256);
      }
      return bits <= 384
          ? new Scheme("SHA384withECDSA", ECDSA_SHA384)
          : new Scheme("SHA512withECDSA", ECDSA_SHA512);
    }
  }

  /** A new pair, on P-256. */
  public static KeyPair generate(SecureRandom random) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(CURVE_BITS, random);
    return generator.generateKeyPair();
  }

  /** Whether two keys are a pair. */
  public static boolean belong(PrivateKey key, PublicKey known) throws GeneralSecurityException {
    byte[] text = {1, 2, 3};
    byte[] signed = sign(key, Scheme.of(key), text);
    try {
      Signature signature = Signature.getInstance(Scheme.of(key).name());
      signature.initVerify(known);
      signature.update(text);
      return signature.verify(signed);
    } catch (GeneralSecurityException _) {
      return false; // The keys are not even of one algorithm.
    }
  }

  static byte[] sign(PrivateKey key, Scheme scheme, byte[] text) throws GeneralSecurityException {
    Signature signature = Signature.getInstance(scheme.name());
    signature.initSign(key);
    signature.update(text);
    return signature.sign();
  }
}
