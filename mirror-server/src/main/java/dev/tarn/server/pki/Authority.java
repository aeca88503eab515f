package dev.tarn.server.pki;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;

/**
 * Who issues certificates: its own, and the key that goes with it. Immutable; its methods take as
 * long as a signature.
 */
public record Authority(X509Certificate certificate, PrivateKey key) {
  private static final int KEY_CERT_SIGN = 5;

  /** A new one with a key of its own, which it signs itself. */
  public static Authority create(
      X500Principal name, Instant notBefore, Instant notAfter, SecureRandom random)
      throws GeneralSecurityException {
    KeyPair keys = Keys.generate(random);
    return new Authority(
        CertificateWriter.selfSigned(
            new CertificateTemplate(name, notBefore, notAfter, List.of(), List.of(), true),
            keys,
            random),
        keys.getPrivate());
  }

  /** Whether a certificate is one of an authority, as its basic constraints say. */
  public static boolean isOne(X509Certificate certificate) {
    return certificate.getBasicConstraints() >= 0;
  }

  /** What keeps it from issuing now, if anything does; its key is not looked at. */
  public Optional<String> hindrance(Instant now) {
    boolean[] usage = certificate.getKeyUsage();
    if (usage != null && !usage[KEY_CERT_SIGN]) {
      return Optional.of("may not sign certificates: its key usage is another");
    }
    if (now.isBefore(certificate.getNotBefore().toInstant())) {
      return Optional.of("is not valid before " + certificate.getNotBefore().toInstant());
    }
    if (!now.isBefore(notAfter())) {
      return Optional.of("expired at " + notAfter());
    }
    return Optional.empty();
  }

  public Instant notAfter() {
    return certificate.getNotAfter().toInstant();
  }

  /**
   * Issues a certificate for whoever has the key.
   *
   * @throws WrongKeyException where the authority's key is not that of its certificate
   */
  public X509Certificate issue(CertificateTemplate template, PublicKey key, SecureRandom random)
      throws GeneralSecurityException {
    X509Certificate issued = CertificateWriter.issued(template, key, this, random);
    try {
      issued.verify(certificate.getPublicKey());
    } catch (GeneralSecurityException e) {
      throw new WrongKeyException(e);
    }
    return issued;
  }

  /** The key is not that of the certificate. */
  public static final class WrongKeyException extends GeneralSecurityException {
    private static final long serialVersionUID = 1;

    WrongKeyException(Throwable cause) {
      super("the key is not that of the certificate", cause);
    }
  }
}
