package dev.tarn.server.upstream;

import static dev.tarn.server.upstream.UpstreamFixture.REPOSITORY;
import static dev.tarn.server.upstream.UpstreamFixture.blobPath;
import static dev.tarn.server.upstream.UpstreamFixture.failed;
import static dev.tarn.server.upstream.UpstreamFixture.randomBytes;
import static dev.tarn.server.upstream.UpstreamFixture.read;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.digest.Digest;
import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.ScriptedUpstream;
import dev.tarn.server.testing.TestCertificate;
import dev.tarn.server.upstream.UpstreamAnswer.Reason;
import dev.tarn.server.upstream.UpstreamAnswer.Refused;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Registries behind TLS, and certificates that do not fit. */
class TlsTest {
  private static final byte[] BLOB = randomBytes(5_000_000);
  private static final String PATH = blobPath(BLOB);

  @TempDir static Path directory;

  private static TestCertificate certificate;

  private UpstreamFixture fixture;

  @BeforeAll
  static void aCertificateOfItsOwn() throws IOException, GeneralSecurityException {
    certificate = TestCertificate.make(directory, "dns:registry.example,ip:127.0.0.1");
  }

  @BeforeEach
  void aRegistryWithThatCertificate() {
    fixture = new UpstreamFixture(ScriptedUpstream.startTls(certificate.server()));
    fixture.resolver = host -> List.of(InetAddress.ofLiteral("127.0.0.1"));
    fixture.upstream.on(PATH, Reply.blob(BLOB));
  }

  @AfterEach
  void end() {
    fixture.close();
  }

  private UpstreamAnswer getBlob(String host, Optional<Path> ca) {
    URI url = URI.create("https://" + host + ":" + fixture.upstream.port());
    return fixture
        .client()
        .registry(
            List.of(new Origin(url, ca.map(Authorities.InFile::new), Reach.ANYWHERE)),
            OwnAccess.NONE,
            AccessListener.NONE)
        .getBlob(REPOSITORY, Digest.sha256(BLOB), 0, Caller.anonymous());
  }

  @Test
  void aCustomAuthorityIsTrustedByNameAndByAddress() throws IOException {
    assertThat(read(getBlob("registry.example", Optional.of(certificate.pem())))).isEqualTo(BLOB);
    assertThat(read(getBlob("127.0.0.1", Optional.of(certificate.pem())))).isEqualTo(BLOB);
  }

  @Test
  void anUnknownAuthorityIsNotTrustedAndNotAskedAgain() {
    assertThat(failed(getBlob("registry.example", Optional.empty())).reason())
        .isEqualTo(Reason.TLS);
    assertThat(fixture.upstream.connections()).isEqualTo(1);
    assertThat(fixture.upstream.requests()).isEmpty();
  }

  @Test
  void aTrustedConnectionIsNotReusedWhereItsAuthorityIsNotTrusted() throws IOException {
    read(getBlob("registry.example", Optional.of(certificate.pem())));

    assertThat(failed(getBlob("registry.example", Optional.empty())).reason())
        .isEqualTo(Reason.TLS);
  }

  @Test
  void aCertificateForAnotherNameIsNotTrusted() {
    assertThat(failed(getBlob("other.example", Optional.of(certificate.pem()))).reason())
        .isEqualTo(Reason.TLS);
  }

  @Test
  void anAuthorityFileThatIsMissingOrEmptyFailsUntilItIsThere() throws IOException {
    Path file = directory.resolve("ca.pem");
    assertThat(failed(getBlob("registry.example", Optional.of(file))).reason())
        .isEqualTo(Reason.TLS);
    Files.writeString(file, "no certificate\n");
    assertThat(failed(getBlob("registry.example", Optional.of(file))).reason())
        .isEqualTo(Reason.TLS);

    Files.copy(certificate.pem(), file, StandardCopyOption.REPLACE_EXISTING);

    assertThat(read(getBlob("registry.example", Optional.of(file)))).isEqualTo(BLOB);
  }

  @Test
  void anAuthorityOfAllOriginsIsTrustedBesideOneOfTheirOwn()
      throws IOException, GeneralSecurityException {
    fixture.authorities = Optional.of(certificate.pem());
    TestCertificate other = TestCertificate.make(directory, "dns:other.example");

    assertThat(read(getBlob("registry.example", Optional.empty()))).isEqualTo(BLOB);
    assertThat(read(getBlob("registry.example", Optional.of(other.pem())))).isEqualTo(BLOB);
  }

  @Test
  void authoritiesThatChangedAreReadAgain() throws IOException, GeneralSecurityException {
    Path file = directory.resolve("rotated.pem");
    TestCertificate old = TestCertificate.make(directory, "dns:registry.example");
    Files.copy(old.pem(), file);
    fixture.authorities = Optional.of(file);
    assertThat(failed(getBlob("registry.example", Optional.empty())).reason())
        .isEqualTo(Reason.TLS);

    Files.move(
        Files.copy(certificate.pem(), directory.resolve("next.pem")),
        file,
        StandardCopyOption.REPLACE_EXISTING);

    assertThat(read(getBlob("registry.example", Optional.empty()))).isEqualTo(BLOB);
  }

  @Test
  void aRedirectFromHttpsToHttpIsNotFollowed() {
    try (ScriptedUpstream plain = ScriptedUpstream.start()) {
      plain.on("/x", Reply.blob(BLOB));
      fixture.upstream.on(PATH, Reply.redirect(307, plain.url() + "/x"));

      assertThat(failed(getBlob("registry.example", Optional.of(certificate.pem()))).reason())
          .isEqualTo(Reason.FORBIDDEN_TARGET);
      assertThat(plain.connections()).isZero();
    }
  }

  @Test
  void aPlainRealmOfAnHttpsRegistryIsNotAsked() {
    try (ScriptedUpstream plain = ScriptedUpstream.start()) {
      plain.on("/token", Reply.token("t", 60));
      fixture.upstream.on(PATH, Reply.bearer(plain.url() + "/token", "library/alpine"));

      assertThat(getBlob("registry.example", Optional.of(certificate.pem())))
          .isInstanceOf(Refused.class);
      assertThat(plain.connections()).isZero();
    }
  }

  @Test
  void aServerThatDoesNotSpeakTlsIsAFailure() {
    try (ScriptedUpstream plain = ScriptedUpstream.start()) {
      fixture.connectTimeout = Duration.ofMillis(300);
      fixture.retries = 0;
      Upstream registry = fixture.registry("https://127.0.0.1:" + plain.port());

      UpstreamAnswer answer =
          registry.getBlob(REPOSITORY, Digest.sha256(BLOB), 0, Caller.anonymous());

      assertThat(failed(answer).reason()).isIn(Reason.TLS, Reason.TIMEOUT, Reason.BROKEN);
    }
  }

  @Test
  void truncationAndResetAreSeenThroughTls() {
    for (Reply reply :
        List.of(Reply.blob(BLOB).truncatedAt(1_000_000), Reply.blob(BLOB).resetAt(1_000_000))) {
      fixture.upstream.on(PATH, reply);
      UpstreamAnswer answer = getBlob("registry.example", Optional.of(certificate.pem()));

      org.assertj.core.api.Assertions.assertThatThrownBy(() -> read(answer))
          .isInstanceOf(UpstreamException.class);
    }
  }
}
