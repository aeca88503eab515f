package dev.tarn.server.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.server.testing.Certificates;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written is what others read. */
class CertificateWriterTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00.75Z");
  private static final Instant NOW_IN_SECONDS = Instant.parse("2026-03-01T12:00:00Z");

  private static Authority authority(Instant from, Instant until) throws GeneralSecurityException {
    return Authority.create(CertificateTemplate.commonName("authority"), from, until, RANDOM);
  }

  private static CertificateTemplate node(Instant from, Instant until) {
    return new CertificateTemplate(
        CertificateTemplate.commonName("node-1"),
        from,
        until,
        List.of("tarn-peer", "node-1"),
        List.of(InetAddress.ofLiteral("10.0.0.1")),
        false);
  }

  private static void validate(X509Certificate certificate, X509Certificate authority, Instant when)
      throws GeneralSecurityException {
    PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(authority, null)));
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(when));
    CertPathValidator.getInstance("PKIX")
        .validate(
            CertificateFactory.getInstance("X.509").generateCertPath(List.of(certificate)),
            parameters);
  }

  @Test
  void anAuthoritySaysThatItIsOneAndOfNoOtherAuthorities() throws GeneralSecurityException {
    X509Certificate made = authority(NOW, NOW.plus(Duration.ofDays(90))).certificate();

    assertThat(made.getVersion()).isEqualTo(3);
    assertThat(made.getBasicConstraints()).isZero();
    assertThat(usages(made)).containsExactly(5, 6); // keyCertSign, cRLSign
    assertThat(made.getExtendedKeyUsage()).isNull();
    assertThat(made.getCriticalExtensionOIDs()).containsOnly("2.5.29.19", "2.5.29.15");
    assertThat(made.getSubjectX500Principal().getName()).isEqualTo("CN=authority");
    assertThat(made.getNotBefore().toInstant()).isEqualTo(NOW_IN_SECONDS);
    assertThat(made.getNotAfter().toInstant()).isEqualTo(NOW_IN_SECONDS.plus(Duration.ofDays(90)));
    made.verify(made.getPublicKey());
  }

  @Test
  void anIssuedCertificateIsOneOfBothSidesOfTls() throws GeneralSecurityException {
    Authority authority = authority(NOW, NOW.plus(Duration.ofDays(90)));
    KeyPair keys = Keys.generate(RANDOM);
    X509Certificate made =
        authority.issue(node(NOW, NOW.plus(Duration.ofDays(7))), keys.getPublic(), RANDOM);

    assertThat(made.getBasicConstraints()).isEqualTo(-1);
    assertThat(usages(made)).containsExactly(0); // digitalSignature
    assertThat(made.getExtendedKeyUsage())
        .containsExactly("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
    assertThat(made.getSubjectAlternativeNames().stream().map(name -> List.<Object>copyOf(name)))
        .containsExactly(List.of(2, "tarn-peer"), List.of(2, "node-1"), List.of(7, "10.0.0.1"));
    assertThat(made.getPublicKey()).isEqualTo(keys.getPublic());
    assertThat(made.getIssuerX500Principal())
        .isEqualTo(authority.certificate().getSubjectX500Principal());
    // The authority's key identifier is the one that the authority has.
    String issuer = HexFormat.of().formatHex(made.getExtensionValue("2.5.29.35"));
    String subject =
        HexFormat.of().formatHex(authority.certificate().getExtensionValue("2.5.29.14"));
    assertThat(issuer).endsWith(subject.substring(subject.length() - 40));
    assertThat(made.getExtensionValue("2.5.29.14"))
        .isNotEqualTo(authority.certificate().getExtensionValue("2.5.29.14"));
  }

  @Test
  void theJdkFindsTheWayToTheAuthorityWhileBothAreValid() throws GeneralSecurityException {
    Authority authority = authority(NOW, NOW.plus(Duration.ofDays(90)));
    Authority stranger = authority(NOW, NOW.plus(Duration.ofDays(90)));
    X509Certificate made =
        authority.issue(
            node(NOW, NOW.plus(Duration.ofDays(7))), Keys.generate(RANDOM).getPublic(), RANDOM);

    validate(made, authority.certificate(), NOW.plusSeconds(1));
    validate(made, authority.certificate(), NOW.plus(Duration.ofDays(7)).minusSeconds(1));
    assertThatThrownBy(
            () ->
                validate(
                    made, authority.certificate(), NOW.plus(Duration.ofDays(7)).plusSeconds(1)))
        .isInstanceOf(GeneralSecurityException.class);
    assertThatThrownBy(() -> validate(made, stranger.certificate(), NOW.plusSeconds(1)))
        .isInstanceOf(GeneralSecurityException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"EC", "RSA", "Ed25519"})
  void authoritiesSignWithWhateverKeyTheyHave(String algorithm) throws GeneralSecurityException {
    KeyPair keys = Certificates.keys(algorithm);
    X509Certificate own =
        CertificateWriter.selfSigned(
            new CertificateTemplate(
                CertificateTemplate.commonName("by " + algorithm),
                NOW,
                NOW.plus(Duration.ofDays(9)),
                List.of(),
                List.of(),
                true),
            keys,
            RANDOM);
    X509Certificate made =
        new Authority(own, keys.getPrivate())
            .issue(
                node(NOW, NOW.plus(Duration.ofDays(7))), Keys.generate(RANDOM).getPublic(), RANDOM);
    validate(made, own, NOW.plusSeconds(1));
  }

  @Test
  void yearsFrom2050OnHaveFourDigits() throws GeneralSecurityException {
    Instant last = Instant.parse("2049-12-31T23:59:59Z");
    Instant first = Instant.parse("2050-01-01T00:00:00Z");
    assertThat(Der.time(last)[0]).isEqualTo((byte) 0x17);
    assertThat(Der.time(first)[0]).isEqualTo((byte) 0x18);
    X509Certificate made = authority(last, first).certificate();
    assertThat(made.getNotBefore().toInstant()).isEqualTo(last);
    assertThat(made.getNotAfter().toInstant()).isEqualTo(first);
  }

  @Test
  void serialNumbersAreLongRandomAndPositive() throws GeneralSecurityException {
    Set<String> seen =
        IntStream.range(0, 20)
            .mapToObj(
                _ -> {
                  try {
                    return authority(NOW, NOW.plusSeconds(9)).certificate().getSerialNumber();
                  } catch (GeneralSecurityException e) {
                    throw new IllegalStateException(e);
                  }
                })
            .peek(
                serial -> {
                  assertThat(serial.signum()).isPositive();
                  assertThat(serial.toByteArray()).hasSize(16);
                })
            .map(Object::toString)
            .collect(Collectors.toSet());
    assertThat(seen).hasSize(20);
  }

  @Test
  void aKeyThatIsNotTheAuthoritysIsFoundOut() throws GeneralSecurityException {
    Authority one = authority(NOW, NOW.plusSeconds(99));
    KeyPair other = Keys.generate(RANDOM);
    for (var key : List.of(other.getPrivate(), Certificates.keys("RSA").getPrivate())) {
      assertThatThrownBy(
              () ->
                  new Authority(one.certificate(), key)
                      .issue(node(NOW, NOW.plusSeconds(9)), other.getPublic(), RANDOM))
          .isInstanceOf(Authority.WrongKeyException.class);
    }
  }

  @Test
  void whatIsWrittenInPemIsReadAgain() throws GeneralSecurityException {
    Authority made = authority(NOW, NOW.plusSeconds(99));
    byte[] text = Pem.text(made.certificate()).repeat(2).getBytes(StandardCharsets.US_ASCII);
    byte[] key = Pem.text(made.key()).getBytes(StandardCharsets.US_ASCII);
    assertThat(Pem.certificates(text, "text"))
        .containsExactly(made.certificate(), made.certificate());
    assertThat(Keys.belong(Pem.key(key, "text"), made.certificate().getPublicKey())).isTrue();
    assertThat(Pem.text(made.certificate()).lines().map(String::length))
        .allMatch(length -> length <= 64);
  }

  @Test
  void lengthsAreWrittenInAsFewOctetsAsTheyNeed() {
    assertThat(Der.value(4, new byte[127])).startsWith(4, 127).hasSize(129);
    assertThat(Der.value(4, new byte[128])).startsWith(4, 0x81, 128).hasSize(131);
    assertThat(Der.value(4, new byte[255])).startsWith(4, 0x81, 255).hasSize(258);
    assertThat(Der.value(4, new byte[256])).startsWith(4, 0x82, 1, 0).hasSize(260);
    byte[] long3 = Der.value(4, new byte[70_000]);
    assertThat(long3).startsWith(4, 0x83, 1, 0x11, 0x70);
    assertThat(Der.end(long3, 0)).isEqualTo(long3.length);
    assertThat(Arrays.copyOf(Der.object(1, 2, 840, 113549, 1, 1, 1), 11))
        .containsExactly(6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1);
  }

  private static List<Integer> usages(X509Certificate certificate) {
    boolean[] usage = certificate.getKeyUsage();
    return IntStream.range(0, usage.length).filter(bit -> usage[bit]).boxed().toList();
  }
}
