package dev.tarn.server.testing;

import dev.tarn.server.pki.Authority;
import dev.tarn.server.pki.CertificateTemplate;
import dev.tarn.server.pki.CertificateWriter;
import dev.tarn.server.pki.Pem;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/** Whatever certificates tests need, made by the product's own writer. */
public final class Certificates {
  private static final SecureRandom RANDOM = new SecureRandom();

  private Certificates() {}

  /** A certificate and its key. */
  public record Identity(PrivateKey key, X509Certificate certificate) {
    /** Both, under a name, with the certificate of who issued it where that is another. */
    public KeyStore store(String alias, char[] password, @Nullable Identity issuer)
        throws GeneralSecurityException {
      try {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        Certificate[] chain =
            issuer == null
                ? new Certificate[] {certificate}
                : new Certificate[] {certificate, issuer.certificate()};
        store.setKeyEntry(alias, key, password, chain);
        return store;
      } catch (java.io.IOException e) {
        throw new GeneralSecurityException(e);
      }
    }
  }

  /** An authority, or a server's own certificate: signed by itself. */
  public static Identity selfSigned(String subject, String names, boolean authority)
      throws GeneralSecurityException {
    Instant now = Instant.now();
    KeyPair keys = keys("EC");
    CertificateTemplate template =
        template(subject, names, now, now.plus(Duration.ofDays(2)), authority);
    return new Identity(keys.getPrivate(), CertificateWriter.selfSigned(template, keys, RANDOM));
  }

  /**
   * One that an authority issues.
   *
   * @param names {@code dns:…} and {@code ip:…}, with commas
   * @param algorithm of its key: EC, RSA or Ed25519
   */
  public static Identity issue(
      Identity authority,
      String subject,
      String names,
      String algorithm,
      Instant from,
      Instant until)
      throws GeneralSecurityException {
    KeyPair keys = keys(algorithm);
    return new Identity(
        keys.getPrivate(),
        new Authority(authority.certificate(), authority.key())
            .issue(template(subject, names, from, until, false), keys.getPublic(), RANDOM));
  }

  /** A pair of keys of EC, RSA or Ed25519. */
  public static KeyPair keys(String algorithm) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    if (!algorithm.equals("Ed25519")) {
      generator.initialize(algorithm.equals("EC") ? 256 : 2048);
    }
    return generator.generateKeyPair();
  }

  private static CertificateTemplate template(
      String subject, String names, Instant from, Instant until, boolean authority) {
    return new CertificateTemplate(
        new X500Principal(subject),
        from,
        until,
        of("dns:", names),
        of("ip:", names).stream().map(InetAddress::ofLiteral).toList(),
        authority);
  }

  private static List<String> of(String kind, String names) {
    return Arrays.stream(names.split(",", -1))
        .filter(name -> name.startsWith(kind))
        .map(name -> name.substring(kind.length()))
        .toList();
  }

  /** Text in PEM. */
  public static String pem(String label, byte[] content) {
    return Pem.text(label, content);
  }
}
