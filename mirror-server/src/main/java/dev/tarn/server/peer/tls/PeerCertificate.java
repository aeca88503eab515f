package dev.tarn.server.peer.tls;

import dev.tarn.server.peer.wire.PeerProtocol;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * What a node's certificate says: immutable.
 *
 * <p>Every node's certificate has the DNS name {@link #SERVER_NAME}, which clients verify whatever
 * address they dialled. The node's own name is the first other DNS name, or else the subject's
 * common name, which holds 64 characters only.
 *
 * @param node the node's name
 * @param validUntil when it expires
 */
public record PeerCertificate(String node, Instant validUntil) {
  public static final String SERVER_NAME = "tarn-peer";

  private static final int DNS_NAME = 2;

  /** What the other side of a session proved to be; empty where its certificate names no node. */
  public static Optional<PeerCertificate> of(SSLSession session) {
    try {
      return session.getPeerCertificates()[0] instanceof X509Certificate certificate
          ? of(certificate)
          : Optional.empty();
    } catch (SSLPeerUnverifiedException _) {
      return Optional.empty();
    }
  }

  static Optional<PeerCertificate> of(X509Certificate certificate) {
    return alternativeName(certificate)
        .or(() -> commonName(certificate))
        .filter(PeerProtocol::isNodeName)
        .map(node -> new PeerCertificate(node, certificate.getNotAfter().toInstant()));
  }

  private static Optional<String> alternativeName(X509Certificate certificate) {
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      return names == null
          ? Optional.empty()
          : names.stream()
              .filter(name -> name.get(0).equals(DNS_NAME))
              .map(name -> String.valueOf(name.get(1)))
              .filter(name -> !name.equals(SERVER_NAME))
              .findFirst();
    } catch (CertificateParsingException _) {
      return Optional.empty();
    }
  }

  private static Optional<String> commonName(X509Certificate certificate) {
    try {
      return new LdapName(certificate.getSubjectX500Principal().getName())
          .getRdns().stream()
              .filter(rdn -> rdn.getType().equalsIgnoreCase("CN"))
              .map(Rdn::getValue)
              .map(String::valueOf)
              .findFirst();
    } catch (InvalidNameException _) {
      return Optional.empty();
    }
  }
}
