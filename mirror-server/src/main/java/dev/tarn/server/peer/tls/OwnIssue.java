package dev.tarn.server.peer.tls;

import dev.tarn.server.pki.Authority;
import dev.tarn.server.pki.CertificateTemplate;
import dev.tarn.server.pki.Keys;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A certificate that a node issued for itself, of the authority that it was given. Immutable; the
 * key was made with it, and is in memory only.
 *
 * @param renewAt when it is time for the next one
 */
record OwnIssue(PrivateKey key, X509Certificate certificate, Instant renewAt) {
  /** No longer than the authority's own, though. */
  static final Duration LIFE = Duration.ofDays(7);

  /** Other nodes' clocks may be behind by this much. */
  static final Duration BACKDATING = Duration.ofMinutes(5);

  /**
   * Makes a key and a certificate for it.
   *
   * @param authority that may issue now: see {@link Authority#hindrance}
   */
  static OwnIssue of(Authority authority, String node, Instant now, SecureRandom random)
      throws GeneralSecurityException {
    Instant from = later(now.minus(BACKDATING), authority.certificate().getNotBefore().toInstant());
    Instant wanted = now.plus(LIFE);
    boolean whole = wanted.isBefore(authority.notAfter());
    Instant until = whole ? wanted : authority.notAfter();
    KeyPair keys = Keys.generate(random);
    CertificateTemplate template =
        new CertificateTemplate(
            CertificateTemplate.commonName(
                node.length() <= CertificateTemplate.MAX_COMMON_NAME
                    ? node
                    : PeerCertificate.SERVER_NAME),
            from,
            until,
            List.of(PeerCertificate.SERVER_NAME, node),
            List.of(),
            false);
    return new OwnIssue(
        keys.getPrivate(),
        authority.issue(template, keys.getPublic(), random),
        // Where the authority ends first, another one would end no later.
        whole ? now.plus(LIFE.multipliedBy(2).dividedBy(3)) : until);
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }
}
