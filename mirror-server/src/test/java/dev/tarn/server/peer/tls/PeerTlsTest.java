package dev.tarn.server.peer.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.server.peer.PeerPki;
import dev.tarn.server.pki.Authority;
import dev.tarn.server.pki.CertificateTemplate;
import dev.tarn.server.pki.CertificateWriter;
import dev.tarn.server.pki.Pem;
import dev.tarn.server.testing.Certificates;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCounted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node's identity: read, tried, renewed while the node runs. */
class PeerTlsTest implements PeerTls.Listener {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final PeerPki PKI = PeerPki.create();
  private static final IdentityFiles NODE = PKI.node("node-1");

  @TempDir Path directory;
  private final List<Instant> loaded = new ArrayList<>();
  private final List<String> rejected = new ArrayList<>();

  @Override
  public void identityLoaded(Instant validUntil) {
    loaded.add(validUntil);
  }

  @Override
  public void identityRejected(String why) {
    rejected.add(why);
  }

  private IdentityFiles here() {
    return new IdentityFiles(
        directory.resolve("tls.crt"), directory.resolve("tls.key"), directory.resolve("ca.crt"));
  }

  private void install(IdentityFiles from) throws IOException {
    copy(from.certificate(), here().certificate());
    copy(from.key(), here().key());
    copy(from.authority(), here().authority());
  }

  /** As a renewal does it: another file takes the name. */
  private void copy(Path from, Path to) throws IOException {
    Path temporary = Files.createTempFile(directory, "new", null);
    Files.copy(from, temporary, StandardCopyOption.REPLACE_EXISTING);
    Files.move(temporary, to, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  private PeerTls tls(String node) {
    return new PeerTls(here(), node, Duration.ofSeconds(5), Runnable::run, this);
  }

  private static boolean works(PeerTls tls) {
    return tls.accepting(UnpooledByteBufAllocator.DEFAULT).isPresent()
        && tls.connecting(UnpooledByteBufAllocator.DEFAULT, 1).isPresent();
  }

  @Test
  void anIdentityThatFitsIsLoaded() throws IOException {
    install(NODE);
    PeerTls tls = tls("node-1");
    assertThat(loaded).hasSize(1);
    assertThat(rejected).isEmpty();
    assertThat(tls.validUntil()).contains(loaded.getFirst());
    assertThat(works(tls)).isTrue();
  }

  @Test
  void aNodeWithoutFilesHasNoPeersUntilTheyAreThere() throws IOException {
    PeerTls tls = tls("node-1");
    assertThat(works(tls)).isFalse();
    assertThat(rejected).hasSize(1);

    tls.reload();
    assertThat(rejected).hasSize(1);

    install(NODE);
    tls.reload();
    assertThat(works(tls)).isTrue();
  }

  @Test
  void renewedFilesAreTakenAndUnchangedOnesAreNotReadAgain() throws IOException {
    install(NODE);
    PeerTls tls = tls("node-1");
    tls.reload();
    assertThat(loaded).hasSize(1);

    install(PKI.issue("renewed", "CN=node-1", "dns:tarn-peer", "EC", 3));
    tls.reload();

    assertThat(loaded).hasSize(2);
    assertThat(loaded.get(1)).isAfter(loaded.get(0));
  }

  @Test
  void aRenewalThatIsOnlyHalfThereIsLeftForLater() throws IOException {
    install(NODE);
    PeerTls tls = tls("node-1");
    IdentityFiles next = PKI.issue("half", "CN=node-1", "dns:tarn-peer", "EC", 3);

    copy(next.certificate(), here().certificate());
    tls.reload();
    assertThat(rejected).hasSize(1);
    assertThat(rejected.getFirst()).contains("is not the key of");
    assertThat(works(tls)).isTrue();

    copy(next.key(), here().key());
    tls.reload();
    assertThat(loaded).hasSize(2);
  }

  @Test
  void anIdentityThatOthersWouldNotAcceptIsSaidToBeSo() throws IOException {
    install(PKI.expired("old"));
    tls("old");
    install(PKI.issue("nameless", "CN=n", "dns:elsewhere", "EC", 2));
    tls("elsewhere");
    install(new IdentityFiles(NODE.certificate(), NODE.key(), PeerPki.create().authority()));
    tls("node-1");

    assertThat(loaded).isEmpty();
    assertThat(rejected).hasSize(3);
    assertThat(rejected.get(0)).contains("expired").contains("tarn-peer");
    assertThat(rejected.get(1)).contains("foreign");
    assertThat(rejected.get(2)).contains("foreign");
  }

  @Test
  void theCertificateOfAnotherNodeIsNotThisOnes() throws IOException {
    install(NODE);
    PeerTls tls = tls("node-2");
    assertThat(works(tls)).isFalse();
    assertThat(rejected).containsExactly("the certificate is that of node-1, this node is node-2");
  }

  @Test
  void aNameTooLongForACommonNameIsTakenFromTheDnsNames() throws IOException {
    String name = "ip-10-0-0-1." + "very-long-region-name.".repeat(4) + "internal";
    install(PKI.issue("long", "CN=x", "dns:tarn-peer,dns:" + name, "EC", 2));
    assertThat(works(tls(name))).isTrue();
  }

  @Test
  void keysAreReadInTheFormsThatIssuersWrite() throws Exception {
    // SEC 1, as it lies inside PKCS #8, with the curve put in
    byte[] pkcs8 = der(NODE.key());
    int inner = indexOf(pkcs8, new byte[] {2, 1, 1, 4, 0x20}) - 2;
    byte[] bare = Arrays.copyOfRange(pkcs8, inner + 2, inner + 2 + 5 + 0x20);
    byte[] curve = {(byte) 0xa0, 10, 6, 8, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 3, 1, 7};
    byte[] sec1 = new byte[2 + bare.length + curve.length];
    sec1[0] = 0x30;
    sec1[1] = (byte) (bare.length + curve.length);
    System.arraycopy(bare, 0, sec1, 2, bare.length);
    System.arraycopy(curve, 0, sec1, 2 + bare.length, curve.length);
    install(with(NODE, PeerPki.pem("EC PRIVATE KEY", sec1)));
    assertThat(works(tls("node-1"))).isTrue();

    // PKCS #1, which is PKCS #8 without its wrapping
    IdentityFiles rsa = PKI.issue("rsa", "CN=rsa", "dns:tarn-peer", "RSA", 2);
    byte[] wrapped = der(rsa.key());
    byte[] pkcs1 = Arrays.copyOfRange(wrapped, 26, wrapped.length);
    install(with(rsa, PeerPki.pem("RSA PRIVATE KEY", pkcs1)));
    assertThat(works(tls("rsa"))).isTrue();
    install(rsa);
    assertThat(works(tls("rsa"))).isTrue();
  }

  @Test
  void aKeyThatTheNativeLibraryDoesNotKnowIsUsedByTheJdk() throws IOException {
    install(PKI.issue("edwards", "CN=edwards", "dns:tarn-peer", "Ed25519", 2));
    PeerTls tls = tls("edwards");
    assertThat(works(tls)).isTrue();
    SslHandler handler = tls.accepting(UnpooledByteBufAllocator.DEFAULT).orElseThrow();
    assertThat(handler.engine()).isNotInstanceOf(ReferenceCounted.class);
  }

  private IdentityFiles with(IdentityFiles files, String key) throws IOException {
    Path file = Files.createTempFile(directory, "key", null);
    Files.writeString(file, key);
    return new IdentityFiles(files.certificate(), file, files.authority());
  }

  @Test
  void aFileWithoutAKeyIsSaidToHaveNone() throws IOException {
    install(with(NODE, "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END"));
    tls("node-1");
    install(with(NODE, PeerPki.pem("EC PRIVATE KEY", new byte[] {0x30, 2, 9})));
    tls("node-1");
    install(with(NODE, PeerPki.pem("PRIVATE KEY", new byte[] {1, 2, 3})));
    tls("node-1");
    assertThat(rejected).hasSize(3);
    assertThat(loaded).isEmpty();
  }

  /** As a Secret has it: who signs now, its key, and whom to trust. */
  private void install(Authority signs, String key, Authority... trusted)
      throws IOException, GeneralSecurityException {
    StringBuilder bundle = new StringBuilder();
    for (Authority each : trusted) {
      bundle.append(Pem.text(each.certificate()));
    }
    replace(here().certificate(), Pem.text(signs.certificate()));
    replace(here().key(), key);
    replace(here().authority(), bundle.toString());
  }

  private void replace(Path file, String text) throws IOException {
    Path temporary = Files.createTempFile(directory, "new", null);
    Files.writeString(temporary, text);
    Files.move(
        temporary, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  private static Authority authority(String name, Duration age, Duration rest)
      throws GeneralSecurityException {
    Instant now = Instant.now();
    return Authority.create(
        CertificateTemplate.commonName(name), now.minus(age), now.plus(rest), RANDOM);
  }

  private PeerTls tls(String node, InstantSource clock) {
    return new PeerTls(here(), node, Duration.ofSeconds(5), Runnable::run, clock, RANDOM, this);
  }

  /** What would be shown now, tried on each other in memory. */
  private static void talk(PeerTls one, PeerTls other) throws GeneralSecurityException {
    SelfCheck.run(one.identity().server(), other.identity().client());
    SelfCheck.run(other.identity().server(), one.identity().client());
  }

  @Test
  void aNodeThatIsGivenAnAuthorityIssuesItsOwn() throws Exception {
    Authority authority = authority("ca", Duration.ofDays(1), Duration.ofDays(90));
    install(authority, Pem.text(authority.key()), authority);
    Instant before = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    PeerTls one = tls("node-1");
    PeerTls other = tls("node-2.example.com");

    assertThat(rejected).isEmpty();
    assertThat(loaded).hasSize(2);
    assertThat(loaded.getFirst())
        .isBetween(
            before.plus(Duration.ofDays(7)), before.plus(Duration.ofDays(7)).plusSeconds(60));
    talk(one, other);
  }

  @Test
  void itIsIssuedAgainAtTwoThirdsOfItsLife() throws Exception {
    Authority authority = authority("ca", Duration.ofDays(9), Duration.ofDays(90));
    install(authority, Pem.text(authority.key()), authority);
    // In the past, as a handshake looks at the true time.
    AtomicReference<Instant> clock =
        new AtomicReference<>(Instant.now().minus(Duration.ofHours(112)));
    PeerTls tls = tls("node-1", clock::get);
    clock.updateAndGet(now -> now.plus(Duration.ofHours(111)));
    tls.reload();
    assertThat(loaded).hasSize(1);

    clock.updateAndGet(now -> now.plus(Duration.ofHours(1)));
    tls.reload();
    tls.reload();
    assertThat(rejected).isEmpty();
    assertThat(loaded).hasSize(2);
    assertThat(Duration.between(loaded.get(0), loaded.get(1))).isEqualTo(Duration.ofHours(112));
  }

  @Test
  void aClockThatIsPutBackMakesAnotherOne() throws Exception {
    Authority authority = authority("ca", Duration.ofDays(9), Duration.ofDays(90));
    install(authority, Pem.text(authority.key()), authority);
    AtomicReference<Instant> clock = new AtomicReference<>(Instant.now());
    PeerTls tls = tls("node-1", clock::get);
    clock.updateAndGet(now -> now.plus(Duration.ofHours(-1)));
    tls.reload();
    assertThat(loaded).hasSize(2);
    assertThat(loaded.get(1)).isBefore(loaded.get(0));
  }

  @Test
  void nodesTalkWhileTheAuthorityChanges() throws Exception {
    Authority old = authority("old", Duration.ofDays(60), Duration.ofDays(30));
    Authority next = authority("next", Duration.ofDays(1), Duration.ofDays(90));
    install(old, Pem.text(old.key()), old, next);
    PeerTls before = tls("node-1");
    PeerTls renewed = tls("node-2");
    install(next, Pem.text(next.key()), next, old);
    renewed.reload();
    assertThat(loaded).hasSize(3);
    talk(before, renewed);
    before.reload();
    talk(before, renewed);

    // Who does not know the new one yet says so of its own, and of the others.
    Authority other = authority("other", Duration.ofDays(1), Duration.ofDays(90));
    install(other, Pem.text(other.key()), other);
    before.reload();
    assertThatThrownBy(() -> talk(before, renewed)).hasMessageContaining("foreign");
    assertThat(rejected).isEmpty();
  }

  @Test
  void anAuthorityIsTrustedNoLongerThanItLasts() throws Exception {
    Authority ending = authority("ending", Duration.ofDays(60), Duration.ofMinutes(1));
    Authority next = authority("next", Duration.ofDays(1), Duration.ofDays(90));
    install(ending, Pem.text(ending.key()), ending, next);
    PeerTls behind = tls("node-1");
    install(next, Pem.text(next.key()), next, ending);
    AtomicReference<Instant> clock = new AtomicReference<>(Instant.now());
    PeerTls ahead = tls("node-2", clock::get);
    talk(behind, ahead);
    clock.updateAndGet(now -> now.plus(Duration.ofMinutes(1)));
    ahead.reload();
    assertThat(loaded).hasSize(3);
    assertThatThrownBy(() -> talk(behind, ahead)).hasMessageContaining("foreign");
  }

  @Test
  void authoritiesOfRsaAreUsedAsTheyAre() throws Exception {
    Instant now = Instant.now();
    KeyPair keys = Certificates.keys("RSA");
    Authority rsa =
        new Authority(
            CertificateWriter.selfSigned(
                new CertificateTemplate(
                    CertificateTemplate.commonName("rsa"),
                    now,
                    now.plus(Duration.ofDays(90)),
                    List.of(),
                    List.of(),
                    true),
                keys,
                RANDOM),
            keys.getPrivate());
    install(rsa, Pem.text(rsa.key()), rsa);
    talk(tls("node-1"), tls("node-2"));
    // PKCS #1, which is PKCS #8 without its wrapping
    byte[] wrapped = rsa.key().getEncoded();
    install(
        rsa, PeerPki.pem("RSA PRIVATE KEY", Arrays.copyOfRange(wrapped, 26, wrapped.length)), rsa);
    talk(tls("node-1"), tls("node-2"));
    assertThat(rejected).isEmpty();
  }

  @Test
  void anAuthorityThatCannotIssueIsSaidToBeSo() throws Exception {
    Authority good = authority("ca", Duration.ofDays(1), Duration.ofDays(90));
    Authority ended = authority("ca", Duration.ofDays(90), Duration.ofSeconds(-1));
    Authority early = authority("ca", Duration.ofMinutes(-1), Duration.ofDays(90));
    Authority foreign = authority("other", Duration.ofDays(1), Duration.ofDays(90));

    install(ended, Pem.text(ended.key()), ended, good);
    tls("node-1");
    install(early, Pem.text(early.key()), early);
    tls("node-1");
    install(good, Pem.text(foreign.key()), good);
    tls("node-1");
    install(good, Pem.text(good.key()), foreign);
    tls("node-1");
    install(good, Pem.text(good.key()), ended);
    tls("node-1");

    assertThat(loaded).isEmpty();
    assertThat(rejected).hasSize(5);
    assertThat(rejected.get(0)).contains("tls.crt expired at ");
    assertThat(rejected.get(1)).contains("tls.crt is not valid before ");
    assertThat(rejected.get(2)).contains("tls.key is not the key of ").contains("tls.crt");
    assertThat(rejected.get(3)).contains("tls.crt with ").contains("ca.crt").contains("foreign");
    assertThat(rejected.get(4)).contains("all certificates in ").contains("ca.crt have expired");
  }

  private static byte[] der(Path pem) throws IOException {
    String text = Files.readString(pem).replaceAll("-----[A-Z ]+-----", "");
    return Base64.getMimeDecoder().decode(text.strip());
  }

  private static int indexOf(byte[] in, byte[] what) {
    for (int i = 0; i + what.length <= in.length; i++) {
      if (Arrays.equals(in, i, i + what.length, what, 0, what.length)) {
        return i;
      }
    }
    throw new IllegalArgumentException("not there");
  }
}
