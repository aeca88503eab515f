package dev.tarn.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.server.testing.Reply;
import dev.tarn.server.upstream.UpstreamAnswer.Reason;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where an origin may be that was found on the node. */
class ReachTest {
  private static final byte[] BLOB = UpstreamFixture.randomBytes(10);
  private static final Reach FOUND = new Reach.BeyondTheMirror(5050);

  private final UpstreamFixture fixture = new UpstreamFixture();

  @AfterEach
  void end() {
    fixture.close();
  }

  private UpstreamAnswer ask(String host, Reach reach) {
    URI url = URI.create("http://" + host + ":" + fixture.upstream.port());
    return fixture
        .client()
        .registry(
            List.of(new Origin(url, Optional.empty(), reach)), OwnAccess.NONE, AccessListener.NONE)
        .headBlob(new RepositoryName("a"), Digest.sha256(BLOB), Caller.anonymous());
  }

  private static Optional<InetAddress> ownAddress() throws SocketException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(Inet4Address.class::isInstance)
        .filter(address -> FOUND.permits(address, 5000))
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

    assertThat(FOUND.permits(own.get(), 5050)).isFalse();
    assertThat(FOUND.permits(own.get(), 5000)).isTrue();
    assertThat(Reach.ANYWHERE.permits(own.get(), 5050)).isTrue();
  }

  @Test
  void publicAndPrivateAddressesAreOpenAndSpecialOnesAreNot() {
    assertThat(FOUND.permits(InetAddress.ofLiteral("192.0.3.1"), 5050)).isTrue();
    assertThat(FOUND.permits(InetAddress.ofLiteral("10.255.255.1"), 443)).isTrue();
    assertThat(FOUND.permits(InetAddress.ofLiteral("127.0.0.1"), 443)).isFalse();
    assertThat(FOUND.permits(InetAddress.ofLiteral("169.254.169.254"), 80)).isFalse();
    assertThat(FOUND.permits(InetAddress.ofLiteral("::"), 80)).isFalse();
  }
}
