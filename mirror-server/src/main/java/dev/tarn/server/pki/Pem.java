package dev.tarn.server.pki;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Certificates and private keys in PEM. A key may be in PKCS #8 or, as some issuers write it, in
 * PKCS #1 or SEC 1; it is written in PKCS #8. Pure functions, some of which read a file.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7468">RFC 7468</a>
 */
public final class Pem {
  private static final int MAX_FILE_BYTES = 1024 * 1024;
  private static final int LINE_CHARACTERS = 64;
  private static final Pattern KEY =
      Pattern.compile(
          "-----BEGIN (RSA |EC |)PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END \\1PRIVATE KEY-----");
  private static final byte[] VERSION = Der.integer(BigInteger.ZERO);
  private static final byte[] RSA = Der.sequence(Der.object(1, 2, 840, 113549, 1, 1, 1), Der.NULL);
  private static final byte[] EC = Der.object(1, 2, 840, 10045, 2, 1);
  private static final int CURVE_TAG = 0xa0;

  private Pem() {}

  /** All certificates of a file; at least one. */
  public static List<X509Certificate> certificates(Path file)
      throws IOException, GeneralSecurityException {
    return certificates(read(file), file.toString());
  }

  /**
   * All certificates in a text; at least one.
   *
   * @param name of where it is from, for what is said where there is none
   */
  public static List<X509Certificate> certificates(byte[] pem, String name)
      throws GeneralSecurityException {
    try {
      List<X509Certificate> certificates =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem))
              .stream()
              .map(X509Certificate.class::cast)
              .toList();
      if (certificates.isEmpty()) {
        throw new GeneralSecurityException("no certificate in " + name);
      }
      return certificates;
    } catch (CertificateException e) {
      throw new GeneralSecurityException(
          "no valid certificates in " + name + ": " + e.getMessage(), e);
    }
  }

  /** The first private key of a file. */
  public static PrivateKey key(Path file) throws IOException, GeneralSecurityException {
    return key(read(file), file.toString());
  }

  /**
   * The first private key in a text.
   *
   * @param name of where it is from, for what is said where there is none
   */
  public static PrivateKey key(byte[] pem, String name) throws GeneralSecurityException {
    Matcher found = KEY.matcher(new String(pem, StandardCharsets.ISO_8859_1));
    if (!found.find()) {
      throw new GeneralSecurityException("no private key without a password in " + name);
    }
    try {
      byte[] der = Base64.getMimeDecoder().decode(found.group(2));
      byte[] pkcs8 =
          switch (found.group(1)) {
            case "RSA " -> Der.sequence(VERSION, RSA, Der.value(Der.OCTETS, der));
            case "EC " ->
                Der.sequence(VERSION, Der.sequence(EC, curve(der)), Der.value(Der.OCTETS, der));
            default -> der;
          };
      return decoded(new PKCS8EncodedKeySpec(pkcs8));
    } catch (IllegalArgumentException | IndexOutOfBoundsException | InvalidKeySpecException e) {
      throw new GeneralSecurityException("no valid private key in " + name, e);
    }
  }

  /** A certificate as text. */
  public static String text(X509Certificate certificate) throws GeneralSecurityException {
    return text("CERTIFICATE", certificate.getEncoded());
  }

  /** A private key as text. */
  public static String text(PrivateKey key) {
    return text("PRIVATE KEY", key.getEncoded());
  }

  /** What a label says, as text. */
  public static String text(String label, byte[] content) {
    byte[] line = {'\n'};
    return "-----BEGIN "
        + label
        + "-----\n"
        + Base64.getMimeEncoder(LINE_CHARACTERS, line).encodeToString(content)
        + "\n-----END "
        + label
        + "-----\n";
  }

  private static byte[] read(Path file) throws IOException {
    if (Files.size(file) > MAX_FILE_BYTES) {
      throw new IOException(file + " is too long");
    }
    return Files.readAllBytes(file);
  }

  private static PrivateKey decoded(PKCS8EncodedKeySpec key) throws GeneralSecurityException {
    for (String algorithm : List.of("EC", "RSA", "EdDSA")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(key);
      } catch (InvalidKeySpecException _) {
        // It is of another algorithm.
      }
    }
    throw new InvalidKeySpecException("a private key of no known algorithm");
  }

  /** The object identifier of the curve, which a key in SEC 1 names itself. */
  private static byte[] curve(byte[] sec1) throws InvalidKeySpecException {
    int at = Der.content(sec1, 0);
    at = Der.end(sec1, at); // version
    at = Der.end(sec1, at); // the key
    if (at >= sec1.length || (sec1[at] & 0xff) != CURVE_TAG) {
      throw new InvalidKeySpecException("a key that does not name its curve");
    }
    return Arrays.copyOfRange(sec1, Der.content(sec1, at), Der.end(sec1, at));
  }
}
