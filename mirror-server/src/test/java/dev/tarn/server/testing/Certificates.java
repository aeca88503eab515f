package dev.tarn.server.testing;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * Makes X.509 certificates within this process: the JDK's keytool, which is a process of its own
 * for each, takes a second where others are busy too.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5280#section-4.1">RFC 5280, section 4.1</a>
 */
public final class Certificates {
  private static final int SEQUENCE = 0x30;
  private static final int OCTETS = 0x04;
  private static final int BITS = 0x03;
  private static final int INTEGER = 0x02;
  private static final int UTC_TIME = 0x17;
  private static final byte[] TRUE = {1, 1, (byte) 0xff};

  private static final byte[] ECDSA_WITH_SHA256 = HexFormat.of().parseHex("06082a8648ce3d040302");
  private static final byte[] BASIC_CONSTRAINTS = HexFormat.of().parseHex("0603551d13");
  private static final byte[] ALTERNATIVE_NAMES = HexFormat.of().parseHex("0603551d11");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

  private static final AtomicLong SERIALS = new AtomicLong(1000);

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
    X500Principal name = new X500Principal(subject);
    return new Identity(
        keys.getPrivate(),
        certificate(
            name,
            keys.getPrivate(),
            name,
            keys.getPublic().getEncoded(),
            extensions(names, authority),
            now,
            now.plus(Duration.ofDays(2))));
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
        certificate(
            authority.certificate().getSubjectX500Principal(),
            authority.key(),
            new X500Principal(subject),
            keys.getPublic().getEncoded(),
            extensions(names, false),
            from,
            until));
  }

  private static KeyPair keys(String algorithm) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    if (!algorithm.equals("Ed25519")) {
      generator.initialize(algorithm.equals("EC") ? 256 : 2048);
    }
    return generator.generateKeyPair();
  }

  private static X509Certificate certificate(
      X500Principal issuer,
      PrivateKey signer,
      X500Principal subject,
      byte[] publicKey,
      byte[] extensions,
      Instant from,
      Instant until)
      throws GeneralSecurityException {
    byte[] algorithm = der(SEQUENCE, ECDSA_WITH_SHA256);
    byte[] tbs =
        der(
            SEQUENCE,
            der(0xa0, der(INTEGER, new byte[] {2})),
            der(INTEGER, BigInteger.valueOf(SERIALS.incrementAndGet()).toByteArray()),
            algorithm,
            issuer.getEncoded(),
            der(SEQUENCE, time(from), time(until)),
            subject.getEncoded(),
            publicKey,
            der(0xa3, der(SEQUENCE, extensions)));
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(signer);
    signature.update(tbs);
    byte[] signed = der(SEQUENCE, tbs, algorithm, der(BITS, new byte[] {0}, signature.sign()));
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(signed));
  }

  private static byte[] extensions(String names, boolean authority) {
    byte[] constraints =
        authority
            ? der(SEQUENCE, BASIC_CONSTRAINTS, TRUE, der(OCTETS, der(SEQUENCE, TRUE)))
            : new byte[0];
    byte[][] each =
        Arrays.stream(names.split(",", -1))
            .filter(name -> !name.isEmpty())
            .map(Certificates::name)
            .toArray(byte[][]::new);
    byte[] alternatives =
        each.length == 0
            ? new byte[0]
            : der(SEQUENCE, ALTERNATIVE_NAMES, der(OCTETS, der(SEQUENCE, each)));
    return join(constraints, alternatives);
  }

  private static byte[] name(String name) {
    String value = name.substring(name.indexOf(':') + 1);
    return name.startsWith("dns:")
        ? der(0x82, value.getBytes(StandardCharsets.US_ASCII))
        : der(0x87, InetAddress.ofLiteral(value).getAddress());
  }

  private static byte[] time(Instant when) {
    return der(UTC_TIME, TIME.format(when).getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] der(int tag, byte[]... parts) {
    byte[] content = join(parts);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (content.length < 0x80) {
      out.write(content.length);
    } else {
      byte[] length = BigInteger.valueOf(content.length).toByteArray();
      int from = length[0] == 0 ? 1 : 0;
      out.write(0x80 | (length.length - from));
      out.write(length, from, length.length - from);
    }
    out.writeBytes(content);
    return out.toByteArray();
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    List.of(parts).forEach(out::writeBytes);
    return out.toByteArray();
  }

  /** Text in PEM. */
  public static String pem(String label, byte[] content) {
    return "-----BEGIN "
        + label
        + "-----\n"
        + Base64.getMimeEncoder().encodeToString(content)
        + "\n-----END "
        + label
        + "-----\n";
  }
}
