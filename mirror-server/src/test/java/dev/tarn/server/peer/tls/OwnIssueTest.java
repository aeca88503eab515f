package dev.tarn.server.peer.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.server.pki.Authority;
import dev.tarn.server.pki.CertificateTemplate;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What a node issues for itself. */
class OwnIssueTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  private static Authority authority(Duration age, Duration rest) throws GeneralSecurityException {
    return Authority.create(
        CertificateTemplate.commonName("authority"), NOW.minus(age), NOW.plus(rest), RANDOM);
  }

  @Test
  void itLivesAWeekAndIsRenewedAtTwoThirds() throws GeneralSecurityException {
    OwnIssue own =
        OwnIssue.of(authority(Duration.ofDays(1), Duration.ofDays(90)), "node-1", NOW, RANDOM);
    assertThat(own.certificate().getNotBefore().toInstant())
        .isEqualTo(NOW.minus(Duration.ofMinutes(5)));
    assertThat(own.certificate().getNotAfter().toInstant()).isEqualTo(NOW.plus(Duration.ofDays(7)));
    assertThat(own.renewAt()).isEqualTo(NOW.plus(Duration.ofHours(112)));
  }

  @Test
  void itIsValidNeitherBeforeNorAfterItsAuthority() throws GeneralSecurityException {
    OwnIssue own =
        OwnIssue.of(authority(Duration.ofMinutes(1), Duration.ofDays(2)), "node-1", NOW, RANDOM);
    assertThat(own.certificate().getNotBefore().toInstant())
        .isEqualTo(NOW.minus(Duration.ofMinutes(1)));
    assertThat(own.certificate().getNotAfter().toInstant()).isEqualTo(NOW.plus(Duration.ofDays(2)));
    // Another one would end no later.
    assertThat(own.renewAt()).isEqualTo(NOW.plus(Duration.ofDays(2)));
  }

  @Test
  void itNamesTheNodeHoweverLongItsNameIs() throws GeneralSecurityException {
    Authority authority = authority(Duration.ofDays(1), Duration.ofDays(90));
    String longest = "ip-10-0-0-1." + "x".repeat(60) + ".compute.example.com";
    for (String name : new String[] {"n", "node-1.example.com", "tarn-peer", "10.0.0.1", longest}) {
      X509Certificate made = OwnIssue.of(authority, name, NOW, RANDOM).certificate();
      assertThat(PeerCertificate.of(made).orElseThrow().node()).isEqualTo(name);
      assertThat(made.getSubjectAlternativeNames().iterator().next().get(1)).isEqualTo("tarn-peer");
    }
  }
}
