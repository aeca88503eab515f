package dev.tarn.server.pki;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * Writes certificates of version 3 and signs them. Pure, but for the randomness that is given.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5280#section-4">RFC 5280, section 4</a>
 */
public final class CertificateWriter {
  private static final byte[] VERSION_3 = Der.explicit(0, Der.integer(BigInteger.TWO));
  private static final int EXTENSIONS = 3;

  /** 16 octets, of which 126 bits are random: 64 are asked for, and 20 octets are the most. */
  private static final int SERIAL_BITS = 126;

  /** Of a key's SHA-256, as RFC 7093 has it. */
  private static final int KEY_IDENTIFIER_BYTES = 20;

  private static final byte[] SUBJECT_KEY_IDENTIFIER = Der.object(2, 5, 29, 14);
  private static final byte[] KEY_USAGE = Der.object(2, 5, 29, 15);
  private static final byte[] ALTERNATIVE_NAMES = Der.object(2, 5, 29, 17);
  private static final byte[] BASIC_CONSTRAINTS = Der.object(2, 5, 29, 19);
  private static final byte[] AUTHORITY_KEY_IDENTIFIER = Der.object(2, 5, 29, 35);
  private static final byte[] EXTENDED_KEY_USAGE = Der.object(2, 5, 29, 37);

  private static final byte[] DIGITAL_SIGNATURE = Der.bits(7, new byte[] {(byte) 0x80});
  private static final byte[] CERTIFICATES_AND_REVOCATIONS = Der.bits(1, new byte[] {0x06});
  private static final byte[] SERVER = Der.object(1, 3, 6, 1, 5, 5, 7, 3, 1);
  private static final byte[] CLIENT = Der.object(1, 3, 6, 1, 5, 5, 7, 3, 2);
  private static final int DNS_NAME = 2;
  private static final int ADDRESS = 7;

  private CertificateWriter() {}

  /** Signed with its own key. */
  public static X509Certificate selfSigned(
      CertificateTemplate template, KeyPair keys, SecureRandom random)
      throws GeneralSecurityException {
    return signed(template, keys.getPublic(), template.subject(), null, keys.getPrivate(), random);
  }

  static X509Certificate issued(
      CertificateTemplate template, PublicKey key, Authority by, SecureRandom random)
      throws GeneralSecurityException {
    X509Certificate issuer = by.certificate();
    byte[] identifier = issuer.getExtensionValue("2.5.29.14");
    return signed(
        template,
        key,
        issuer.getSubjectX500Principal(),
        // An octet string in an octet string; an authority without one is found by its name alone.
        identifier == null ? null : inner(inner(identifier)),
        by.key(),
        random);
  }

  private static X509Certificate signed(
      CertificateTemplate template,
      PublicKey key,
      X500Principal issuer,
      byte @Nullable [] issuerKey,
      PrivateKey signer,
      SecureRandom random)
      throws GeneralSecurityException {
    Keys.Scheme scheme = Keys.Scheme.of(signer);
    byte[] certificate =
        Der.sequence(
            VERSION_3,
            Der.integer(new BigInteger(SERIAL_BITS, random).setBit(SERIAL_BITS)),
            scheme.identifier(),
            issuer.getEncoded(),
            Der.sequence(Der.time(template.notBefore()), Der.time(template.notAfter())),
            template.subject().getEncoded(),
            key.getEncoded(),
            Der.explicit(
                EXTENSIONS, Der.sequence(extensions(template, identifier(key), issuerKey))));
    byte[] signed =
        Der.sequence(
            certificate, scheme.identifier(), Der.bits(Keys.sign(signer, scheme, certificate)));
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(signed));
  }

  private static byte[][] extensions(
      CertificateTemplate template, byte[] key, byte @Nullable [] issuerKey) {
    List<byte[]> extensions = new ArrayList<>();
    extensions.add(
        critical(
            BASIC_CONSTRAINTS,
            template.authority()
                ? Der.sequence(Der.TRUE, Der.integer(BigInteger.ZERO))
                : Der.sequence()));
    extensions.add(
        critical(
            KEY_USAGE, template.authority() ? CERTIFICATES_AND_REVOCATIONS : DIGITAL_SIGNATURE));
    if (!template.authority()) {
      extensions.add(extension(EXTENDED_KEY_USAGE, Der.sequence(SERVER, CLIENT)));
    }
    extensions.add(extension(SUBJECT_KEY_IDENTIFIER, Der.value(Der.OCTETS, key)));
    if (issuerKey != null) {
      extensions.add(extension(AUTHORITY_KEY_IDENTIFIER, Der.sequence(Der.implicit(0, issuerKey))));
    }
    List<byte[]> names = new ArrayList<>();
    for (String name : template.dnsNames()) {
      names.add(Der.implicit(DNS_NAME, name.getBytes(StandardCharsets.US_ASCII)));
    }
    for (InetAddress address : template.addresses()) {
      names.add(Der.implicit(ADDRESS, address.getAddress()));
    }
    if (!names.isEmpty()) {
      extensions.add(extension(ALTERNATIVE_NAMES, Der.sequence(names.toArray(new byte[0][]))));
    }
    return extensions.toArray(new byte[0][]);
  }

  private static byte[] extension(byte[] name, byte[] value) {
    return Der.sequence(name, Der.value(Der.OCTETS, value));
  }

  private static byte[] critical(byte[] name, byte[] value) {
    return Der.sequence(name, Der.TRUE, Der.value(Der.OCTETS, value));
  }

  private static byte[] identifier(PublicKey key) throws GeneralSecurityException {
    byte[] info = key.getEncoded();
    int bits = Der.end(info, Der.content(info, 0));
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    // After the octet that says how many bits of the last one are not there: none.
    int from = Der.content(info, bits) + 1;
    digest.update(info, from, Der.end(info, bits) - from);
    return Arrays.copyOf(digest.digest(), KEY_IDENTIFIER_BYTES);
  }

  private static byte[] inner(byte[] value) {
    return Arrays.copyOfRange(value, Der.content(value, 0), Der.end(value, 0));
  }
}
