package dev.tarn.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.ScriptedRequest;
import dev.tarn.server.testing.ScriptedUpstream;
import dev.tarn.server.upstream.UpstreamAnswer.Reason;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where an origin may be that was found on the node. */
class ReachTest {
  private static final byte[] BLOB = UpstreamFixture.randomBytes(10);
  private static final Reach FOUND = new Reach.BeyondTheMirror(5050, "tarn-x");

  private final UpstreamFixture fixture = new UpstreamFixture();

  @AfterEach
  void end() {
    fixture.close();
  }

  private UpstreamAnswer ask(String host, Reach reach) {
    URI url = URI.create("http://" + host + ":" + fixture.upstream.port());
    return ask(new Origin(url, Optional.empty(), reach));
  }

  private RegistryUpstream registry(Origin origin) {
    return fixture.client().registry(List.of(origin), OwnAccess.NONE, AccessListener.NONE);
  }

  private UpstreamAnswer ask(Origin origin) {
    return registry(origin)
        .headBlob(new RepositoryName("a"), Digest.sha256(BLOB), Caller.anonymous());
  }

  private static Optional<InetAddress> ownAddress() throws SocketException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(Inet4Address.class::isInstance)
        .filter(address -> FOUND.permits("a", address, 5000))
        .findFirst();
  }

  @Test
  void aNameThatLeadsToLoopbackIsNotDialled() {
    fixture.resolver = host -> List.of(InetAddress.ofLiteral("127.0.0.1"));
    fixture.upstream.on("/v2/a/blobs/" + Digest.sha256(BLOB), Reply.blob(BLOB));

    UpstreamAnswer answer = ask("harbor.example", FOUND);

    assertThat(UpstreamFixture.failed(answer).reason()).isEqualTo(Reason.FORBIDDEN_TARGET);
    assertThat(fixture.upstream.connections()).isZero();
    // Nor by a connection that another registry left open.
    UpstreamFixture.found(ask("harbor.example", Reach.ANYWHERE)).close();
    assertThat(UpstreamFixture.failed(ask("harbor.example", FOUND)).reason())
        .isEqualTo(Reason.FORBIDDEN_TARGET);
  }

  @Test
  void noneIsWhereThisMirrorListens() throws SocketException {
    Optional<InetAddress> own = ownAddress();
    assumeThat(own).as("this machine has an address beside loopback").isPresent();

    assertThat(FOUND.permits("a", own.get(), 5050)).isFalse();
    assertThat(FOUND.permits("a", own.get(), 5000)).isTrue();
    assertThat(Reach.ANYWHERE.permits("a", own.get(), 5050)).isTrue();
  }

  @Test
  void publicAndPrivateAddressesAreOpenAndSpecialOnesAreNot() {
    assertThat(permits("a", "192.0.3.1", 5050)).isTrue();
    assertThat(permits("a", "10.255.255.1", 443)).isTrue();
    assertThat(permits("a", "169.254.169.254", 80)).isFalse();
    assertThat(permits("169.254.169.254", "169.254.169.254", 80)).isFalse();
    assertThat(permits("::", "::", 80)).isFalse();
    assertThat(permits("0.0.0.0", "0.0.0.0", 80)).isFalse();
  }

  private static boolean permits(String host, String address, int port) {
    return FOUND.permits(host, InetAddress.ofLiteral(address), port);
  }

  @Test
  void loopbackIsOpenWhereTheUrlItselfSaysSoAndTheMirrorIsNotThere() {
    assertThat(permits("127.0.0.1", "127.0.0.1", 5000)).isTrue();
    assertThat(permits("::1", "::1", 5000)).isTrue();
    assertThat(permits("localhost", "127.0.0.1", 5000)).isTrue();
    assertThat(permits("localhost", "::1", 5000)).isTrue();

    assertThat(permits("harbor.example", "127.0.0.1", 5000)).isFalse();
    assertThat(permits("127.0.0.1.nip.io", "127.0.0.1", 5000)).isFalse();
    assertThat(permits("mirror.localhost", "127.0.0.1", 5000)).isFalse();
    assertThat(permits("10.0.0.1", "127.0.0.1", 5000)).isFalse();
    assertThat(permits("64:ff9b::7f00:1", "64:ff9b::7f00:1", 5000)).isFalse();
    assertThat(permits("127.0.0.1", "127.0.0.1", 5050)).isFalse();
    assertThat(permits("127.9.9.9", "127.9.9.9", 5050)).isFalse();
    assertThat(permits("localhost", "::1", 5050)).isFalse();
  }

  @Test
  void whomRootNamedOnLoopbackIsAskedAndHearsByWhomAndForWhichRegistry() throws IOException {
    fixture.upstream.on("/v2/a/blobs/" + Digest.sha256(BLOB), Reply.blob(BLOB));
    Origin named =
        new Origin(
            URI.create(fixture.upstream.url()),
            Optional.empty(),
            FOUND,
            Optional.of(new RegistryHost("localhost:5001")));

    UpstreamFixture.found(ask(named)).close();

    ScriptedRequest request = fixture.upstream.requests().getFirst();
    assertThat(request.query()).isEqualTo("ns=localhost%3A5001");
    assertThat(request.header("Via")).contains("1.1 tarn-x");
  }

  @Test
  void whoIsConfiguredHearsNeither() throws IOException {
    fixture.upstream.on("/v2/a/blobs/" + Digest.sha256(BLOB), Reply.blob(BLOB));

    UpstreamFixture.found(ask("127.0.0.1", Reach.ANYWHERE)).close();

    ScriptedRequest request = fixture.upstream.requests().getFirst();
    assertThat(request.query()).isEmpty();
    assertThat(request.header("Via")).isEmpty();
  }

  @Test
  void theNamespaceIsAddedToWhatElseIsAsked() throws IOException {
    fixture.upstream.on("/v2/a/tags/list", Reply.json("{}"));
    URI url = URI.create(fixture.upstream.url());
    Origin named =
        new Origin(url, Optional.empty(), FOUND, Optional.of(new RegistryHost("quay.io")));

    UpstreamFixture.found(
            registry(named)
                .getListing(new RepositoryName("a"), "tags/list?n=1", Caller.anonymous()))
        .close();

    assertThat(fixture.upstream.requests().getFirst().query()).isEqualTo("n=1&ns=quay.io");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://127.0.0.1:%d/x", "http://localhost:%d/x", "http://10.0.0.1/x"})
  void oneOnLoopbackLeadsNoFurther(String target) {
    try (ScriptedUpstream other = ScriptedUpstream.start()) {
      other.on("/x", Reply.blob(BLOB));
      String location = target.formatted(other.port());
      fixture.upstream.on("/v2/a/blobs/" + Digest.sha256(BLOB), Reply.redirect(307, location));

      UpstreamAnswer answer = ask("127.0.0.1", FOUND);

      assertThat(UpstreamFixture.failed(answer).reason()).isEqualTo(Reason.FORBIDDEN_TARGET);
      assertThat(other.connections()).isZero();
    }
  }

  @Test
  void aRealmElsewhereOnLoopbackIsNotAskedForATokenEither() {
    try (ScriptedUpstream other = ScriptedUpstream.start()) {
      fixture.upstream.on(
          "/v2/a/blobs/" + Digest.sha256(BLOB), Reply.bearer(other.url() + "/token", "a"));

      assertThat(ask("127.0.0.1", FOUND)).isInstanceOf(UpstreamAnswer.Refused.class);
      assertThat(other.connections()).isZero();
      var _ = ask("127.0.0.1", Reach.ANYWHERE);
      assertThat(other.connections()).as("one that is configured may").isEqualTo(1);
    }
  }

  @Test
  void oneOnLoopbackMayRedirectToItself() throws IOException {
    fixture.upstream.on("/v2/a/blobs/" + Digest.sha256(BLOB), Reply.redirect(307, "/x"));
    fixture.upstream.on("/x", Reply.blob(BLOB));

    UpstreamFixture.found(ask("127.0.0.1", FOUND)).close();
  }
}
