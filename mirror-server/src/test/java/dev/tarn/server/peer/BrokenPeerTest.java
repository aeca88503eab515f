package dev.tarn.server.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tarn.core.planner.Answer;
import dev.tarn.core.planner.Event.FetchFailure;
import dev.tarn.core.planner.Question;
import dev.tarn.server.peer.wire.ChunkRequest;
import dev.tarn.server.testing.RawServer;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers that do what they should not: it costs the one who asks a failure, and nothing else. */
class BrokenPeerTest {
  private static final Question PROBE = new Question.Probe(PeerFixture.BLOB, 3, false);
  private static final String VERSION = "Tarn-Protocol: 1\r\n";
  private static final String CHUNK =
      "HTTP/1.1 200 OK\r\n" + VERSION + "Transfer-Encoding: chunked\r\n\r\n";

  private static PeerSettings impatient() {
    PeerSettings patient = PeerFixture.settings();
    return new PeerSettings(
        patient.connectTimeout(),
        patient.handshakeTimeout(),
        Duration.ofMillis(300),
        patient.idleTimeout(),
        patient.maxConnections(),
        patient.maxUploads(),
        patient.maxDownloads(),
        patient.connectionsPerPeer(),
        patient.connectionsOut(),
        PeerSettings.UNLIMITED,
        PeerSettings.UNLIMITED);
  }

  private static String answer(String status, String headers, String body) {
    return "HTTP/1.1 "
        + status
        + "\r\n"
        + headers
        + "Content-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  @ParameterizedTest
  @CsvSource({
    "500 Oops, STATUS",
    "404 Not Found, STATUS",
    "400 Bad Request, STATUS",
    "302 Found, STATUS",
    "421 Misdirected Request, OTHER_NODE",
  })
  void aQuestionAnsweredByAFailureIsUnanswered(String status, PeerFailure failure)
      throws IOException {
    try (PeerFixture nodes = new PeerFixture(false);
        RawServer peer = RawServer.answering(answer(status, VERSION, "{}"))) {
      assertThat(nodes.ask(PeerFixture.at("x", peer.port()), PROBE))
          .isEqualTo(new AskOutcome.Unanswered(failure));
      await().until(() -> nodes.client.outgoing.get() == 0);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\0\1\2\3 what is this\r\n\r\n",
        "SSH-2.0-OpenSSH_9.6\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nTarn-Protocol: 1\r\nContent-Length: 3\r\n\r\n{\"}",
        "HTTP/1.1 200 OK\r\nTarn-Protocol: 1\r\nContent-Length: 2\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nTarn-Protocol: 1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
      })
  void garbageIsNoAnswer(String garbage) throws IOException {
    try (PeerFixture nodes = new PeerFixture(false);
        RawServer peer = RawServer.answering(garbage)) {
      assertThat(nodes.ask(PeerFixture.at("x", peer.port()), PROBE))
          .isEqualTo(new AskOutcome.Unanswered(PeerFailure.PROTOCOL));
      await().until(() -> nodes.client.outgoing.get() == 0);
    }
  }

  @Test
  void anAnswerBeyondTheLimitIsNoAnswer() throws IOException {
    String head = "HTTP/1.1 200 OK\r\n" + VERSION + "Content-Length: 9000000\r\n\r\n";
    try (PeerFixture nodes = new PeerFixture(false);
        RawServer peer = RawServer.answering(head + "x".repeat(2_000_000))) {
      assertThat(nodes.ask(PeerFixture.at("x", peer.port()), PROBE))
          .isEqualTo(new AskOutcome.Unanswered(PeerFailure.PROTOCOL));
    }
  }

  @Test
  void aPeerOfALaterVersionIsUnderstoodAsFarAsItSpeaksThisOne() throws IOException {
    String later =
        answer(
            "200 OK",
            "Tarn-Protocol: 7\r\nTarn-Mood: good\r\n",
            "{\"kind\":\"alone\",\"until\":{\"x\":[1]}}");
    try (PeerFixture nodes = new PeerFixture(false);
        RawServer peer = RawServer.answering(later)) {
      assertThat(nodes.ask(PeerFixture.at("x", peer.port()), PROBE))
          .isEqualTo(new AskOutcome.Answered(new Answer.Alone()));
    }
  }

  @Test
  void aPeerThatSaysNothingIsNotWaitedForLong() throws IOException {
    try (PeerFixture nodes = new PeerFixture(impatient(), Optional.empty(), Optional.empty());
        RawServer peer = RawServer.answering("")) {
      assertThat(nodes.ask(PeerFixture.at("x", peer.port()), PROBE))
          .isEqualTo(new AskOutcome.Unanswered(PeerFailure.TIMEOUT));
      await().until(() -> nodes.client.outgoing.get() == 0);
    }
  }

  @Test
  void aPeerThatIsNotThereIsNotReached() throws IOException {
    int port;
    try (ServerSocket gone = new ServerSocket(0)) {
      port = gone.getLocalPort();
    }
    try (PeerFixture nodes = new PeerFixture(false)) {
      assertThat(nodes.ask(PeerFixture.at("x", port), PROBE))
          .isEqualTo(new AskOutcome.Unanswered(PeerFailure.CONNECT));
      NotingReceiver receiver = nodes.fetch(PeerFixture.at("x", port), 0);
      assertThat(receiver.end()).isEmpty();
      assertThat(receiver.failure).isEqualTo(FetchFailure.UNREACHABLE);
      assertThat(nodes.peers().connections()).isZero();
      assertThat(nodes.peers().downloads()).isZero();
    }
  }

  @Test
  void anotherNodeAtThatAddressDoesNotAnswerInItsPlace() throws IOException {
    try (PeerFixture nodes = new PeerFixture(false)) {
      assertThat(nodes.ask(PeerFixture.at("not-b", nodes.port()), PROBE))
          .isEqualTo(new AskOutcome.Unanswered(PeerFailure.OTHER_NODE));
      assertThat(nodes.askers).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 500 Oops\r\nTarn-Protocol: 1\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 404 Not Found\r\nTarn-Protocol: 1\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "C5\r\nhello\r\n0\r\n\r\n",
        "C5\r\nhello\r\n0\r\nTarn-Chunk-Digest: sha256:00\r\nTarn-Fetched-By: c\r\n\r\n",
        "C5\r\nhello\r\nF",
        "C5\r\nhelF",
        "C5\r\nhello\r\nxyz\r\n",
        "F",
      })
  void aChunkThatIsNotOneComesToNothing(String script) throws IOException {
    String bytes = script.startsWith("C") ? CHUNK + script.substring(1) : script;
    boolean closes = bytes.endsWith("F");
    try (PeerFixture nodes = new PeerFixture(false);
        RawServer peer =
            closes
                ? RawServer.answeringOnce(bytes.substring(0, bytes.length() - 1))
                : RawServer.answering(bytes)) {
      NotingReceiver receiver = nodes.fetch(PeerFixture.at("x", peer.port()), 0);

      assertThat(receiver.end()).isEmpty();
      assertThat(receiver.failure).isEqualTo(FetchFailure.UNREACHABLE);
      assertThat(nodes.peers().downloads()).isZero();
    }
  }

  @Test
  void aChunkLongerThanAChunkIsNotTakenIn() throws IOException {
    String piece = "100000\r\n" + "x".repeat(0x100000) + "\r\n";
    try (PeerFixture nodes = new PeerFixture(false);
        RawServer peer = RawServer.answering(CHUNK + piece.repeat(5))) {
      NotingReceiver receiver = nodes.fetch(PeerFixture.at("x", peer.port()), 0);

      assertThat(receiver.end()).isEmpty();
      assertThat(receiver.failure).isEqualTo(FetchFailure.UNREACHABLE);
      assertThat(receiver.size()).isLessThanOrEqualTo(4 * 1024 * 1024);
    }
  }

  @Test
  void aPeerThatStallsIsLeftByCancelling() throws IOException {
    try (PeerFixture nodes = new PeerFixture(false);
        RawServer peer = RawServer.answering(CHUNK + "5\r\nhello\r\n")) {
      NotingReceiver receiver = new NotingReceiver();
      Fetch fetch =
          nodes
              .peers()
              .fetch(
                  PeerFixture.at("x", peer.port()),
                  new ChunkRequest(PeerFixture.BLOB, 0, 0, false),
                  receiver);
      await().until(() -> receiver.size() == 5);

      fetch.cancel();

      await().until(() -> nodes.client.outgoing.get() == 0);
      assertThat(receiver.ended).isNotDone();
      assertThat(nodes.peers().downloads()).isZero();
    }
  }

  @Test
  void aConnectionThatAPeerClosedMeanwhileIsReplaced() throws IOException {
    try (PeerFixture nodes = new PeerFixture(false);
        RawServer peer =
            RawServer.answeringOnce(answer("200 OK", VERSION, "{\"kind\":\"nobody\"}"))) {
      for (int i = 0; i < 20; i++) {
        assertThat(nodes.ask(PeerFixture.at("x", peer.port()), PROBE))
            .isEqualTo(new AskOutcome.Answered(new Answer.Nobody()));
      }
    }
  }

  @Test
  void whatIsAskedWhileAllConnectionsAreBusyWaitsForOne() throws IOException {
    try (PeerFixture nodes = new PeerFixture(false)) {
      CompletableFuture<Upload> held = new CompletableFuture<>();
      nodes.uploads = (request, upload) -> held.complete(upload);
      // given as many fetches as there may be connections, none of them answered
      for (int i = 0; i < 4; i++) {
        nodes.fetch(nodes.b(), 0);
      }
      await().until(() -> nodes.requests.size() == 4);

      CompletableFuture<AskOutcome> outcome = new CompletableFuture<>();
      nodes.peers().ask(nodes.b(), PROBE, outcome::complete);
      assertThat(outcome).isNotDone();
      NotingReceiver.get(held).refuse(FetchFailure.BUSY);

      assertThat(NotingReceiver.get(outcome)).isInstanceOf(AskOutcome.Answered.class);
      assertThat(nodes.client.opened.get()).isEqualTo(4);
    }
  }
}
