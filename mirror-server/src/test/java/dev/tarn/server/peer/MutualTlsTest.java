package dev.tarn.server.peer;

import static dev.tarn.server.peer.TestPki.FOREIGN;
import static dev.tarn.server.peer.TestPki.PKI;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tarn.core.planner.Question;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

/** Who gets in, and whom a node believes. */
class MutualTlsTest {
  private static final Question PROBE = new Question.Probe(PeerFixture.BLOB, 3, false);

  /** Shakes hands with b, says something, and waits for what comes back. */
  private static int talk(PeerFixture nodes, SSLContext context, String... protocols)
      throws IOException {
    try (SSLSocket socket =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), nodes.port())) {
      socket.setSoTimeout(10_000);
      if (protocols.length > 0) {
        socket.setEnabledProtocols(protocols);
      }
      socket.startHandshake();
      socket
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: tarn-peer\r\nTarn-Protocol: 1\r\n\r\n".getBytes(UTF_8));
      return socket.getInputStream().read();
    }
  }

  @Test
  void aNodeOfThisInstallationGetsIn() throws IOException {
    try (PeerFixture nodes = new PeerFixture(true)) {
      assertThat(talk(nodes, PKI.context("a"))).isEqualTo('H');
      assertThat(nodes.server.events).containsExactly("answered a 404");
    }
  }

  @Test
  void aNodeOfAnotherInstallationDoesNot() throws IOException {
    try (PeerFixture nodes = new PeerFixture(true)) {
      SSLContext stranger = FOREIGN.contextTrusting("a", PKI);
      assertThatThrownBy(() -> talk(nodes, stranger)).isInstanceOf(IOException.class);
      await().until(() -> nodes.server.events.contains("handshake in foreign"));
      await().until(() -> nodes.server.incoming.get() == 0);
    }
  }

  @Test
  void aCertificateThatExpiredDoesNotOpenTheDoor() throws IOException {
    try (PeerFixture nodes = new PeerFixture(true)) {
      assertThat(TestPki.EXPIRED.certificate()).exists();
      assertThatThrownBy(() -> talk(nodes, PKI.context("late"))).isInstanceOf(IOException.class);
      await().until(() -> nodes.server.events.contains("handshake in expired"));
    }
  }

  @Test
  void whoeverShowsNoCertificateOrSpeaksAnOlderTlsDoesNotGetIn() throws IOException {
    try (PeerFixture nodes = new PeerFixture(true)) {
      SSLContext anonymous = PKI.contextTrusting("", PKI);
      assertThatThrownBy(() -> talk(nodes, anonymous)).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> talk(nodes, PKI.context("a"), "TLSv1.2"))
          .isInstanceOf(IOException.class);
      await().until(() -> nodes.server.events.size() == 2);
      assertThat(nodes.server.events).containsOnly("handshake in failed");
    }
  }

  @Test
  void plainHttpToTheTlsPortGetsNothing() throws IOException {
    try (PeerFixture nodes = new PeerFixture(true);
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), nodes.port())) {
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: tarn-peer\r\nTarn-Protocol: 1\r\n\r\n".getBytes(UTF_8));
      assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8)).doesNotContain("HTTP");
      await().until(() -> nodes.server.incoming.get() == 0);
    }
  }

  @Test
  void aPeerWhoseCertificateExpiredIsNotBelieved() throws Exception {
    try (PeerFixture nodes = new PeerFixture(true);
        SSLServerSocket late = server(PKI.context("late"))) {
      Thread.ofVirtual().start(() -> accept(late));
      assertThat(nodes.ask(PeerFixture.at("late", late.getLocalPort()), PROBE))
          .isEqualTo(new AskOutcome.Unanswered(PeerFailure.TLS));
      assertThat(nodes.client.events).contains("handshake out expired");
    }
  }

  @Test
  void aForeignPeerIsNotBelieved() throws Exception {
    try (PeerFixture nodes = new PeerFixture(true);
        SSLServerSocket stranger = server(FOREIGN.context("a"))) {
      Thread.ofVirtual().start(() -> accept(stranger));
      assertThat(nodes.ask(PeerFixture.at("a", stranger.getLocalPort()), PROBE))
          .isEqualTo(new AskOutcome.Unanswered(PeerFailure.TLS));
      assertThat(nodes.client.events).contains("handshake out foreign");
    }
  }

  private static SSLServerSocket server(SSLContext context) throws IOException {
    return (SSLServerSocket)
        context.getServerSocketFactory().createServerSocket(0, 5, InetAddress.getLoopbackAddress());
  }

  private static void accept(SSLServerSocket server) {
    try (SSLSocket socket = (SSLSocket) server.accept()) {
      socket.startHandshake();
    } catch (IOException e) {
      // The handshake is to fail.
    }
  }

  @Test
  void anotherNodeWithARightCertificateIsNotTheOneThatWasMeant() throws IOException {
    try (PeerFixture nodes = new PeerFixture(true)) {
      assertThat(nodes.ask(PeerFixture.at("c", nodes.port()), PROBE))
          .isEqualTo(new AskOutcome.Unanswered(PeerFailure.OTHER_NODE));
      assertThat(nodes.client.events).contains("handshake out other_node");
      assertThat(nodes.askers).isEmpty();
    }
  }

  @Test
  void aCertificateThatExpiresWhileItsConnectionLivesEndsIt() throws IOException {
    try (PeerFixture nodes = new PeerFixture(true)) {
      assertThat(nodes.ask(nodes.b(), PROBE)).isInstanceOf(AskOutcome.Answered.class);

      nodes.later = Duration.ofDays(3);

      assertThat(nodes.ask(nodes.b(), PROBE)).isInstanceOf(AskOutcome.Unanswered.class);
      assertThat(nodes.server.events).contains("handshake in expired");
    }
  }

  @Test
  void sessionsAreResumed() throws IOException {
    try (PeerFixture nodes = new PeerFixture(true)) {
      // given a connection, and with it a session
      assertThat(nodes.ask(nodes.b(), PROBE)).isInstanceOf(AskOutcome.Answered.class);
      assertThat(nodes.client.full).hasValue(1);

      // when more connections are opened
      // one after the other, as a ticket is good for once
      nodes.uploads = (request, upload) -> upload.serve(PeerFixture.endless());
      for (int i = 0; i < 3; i++) {
        NotingReceiver.get(nodes.fetch(nodes.b(), 0).accepted);
      }

      // then nobody proved anything anew
      assertThat(nodes.client.opened.get()).isEqualTo(3);
      assertThat(nodes.client.resumed).hasValue(2);
      assertThat(nodes.client.full).hasValue(1);
    }
  }
}
