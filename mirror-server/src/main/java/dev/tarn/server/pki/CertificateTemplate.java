package dev.tarn.server.pki;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import javax.security.auth.x500.X500Principal;

/**
 * What a certificate is to say of its owner: immutable.
 *
 * @param notBefore from when on it is valid, to the second
 * @param notAfter until when it is valid, to the second
 * @param authority whether it is one that issues others' certificates, which are then the owners'
 *     own: it vouches for no further authority. Else it is one of both sides of TLS
 */
public record CertificateTemplate(
    X500Principal subject,
    Instant notBefore,
    Instant notAfter,
    List<String> dnsNames,
    List<InetAddress> addresses,
    boolean authority) {
  /** The longest name that a subject's common name holds, in characters. */
  public static final int MAX_COMMON_NAME = 64;

  public CertificateTemplate {
    notBefore = notBefore.truncatedTo(ChronoUnit.SECONDS);
    notAfter = notAfter.truncatedTo(ChronoUnit.SECONDS);
    dnsNames = List.copyOf(dnsNames);
    addresses = List.copyOf(addresses);
    if (!notBefore.isBefore(notAfter)) {
      throw new IllegalArgumentException("valid from " + notBefore + " to " + notAfter);
    }
  }

  /** A subject that has a common name only, of any characters. */
  public static X500Principal commonName(String name) {
    if (name.isEmpty() || name.length() > MAX_COMMON_NAME) {
      throw new IllegalArgumentException("a common name of " + name.length() + " characters");
    }
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    return new X500Principal(
        Der.sequence(Der.set(Der.sequence(Der.object(2, 5, 4, 3), Der.value(Der.UTF8, text)))));
  }
}
