package dev.tarn.server.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tarn.core.planner.Question;
import dev.tarn.server.peer.wire.PeerProtocol;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a node is, as its peers are told. */
class PeerStatusTest {
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aPeerSaysHowItIsOverTheConnectionOfQuestions(boolean tls) throws IOException {
    try (PeerFixture nodes = new PeerFixture(tls)) {
      nodes.status = "{\"verdict\":\"fine\"}";
      nodes.ask(nodes.b(), new Question.Probe(PeerFixture.BLOB, 3, true));

      assertThat(nodes.status(nodes.b())).isEqualTo(new StatusOutcome.Said(nodes.status));

      assertThat(nodes.askers).containsExactly("a", "a");
      assertThat(nodes.client.opened.get()).isEqualTo(1);
    }
  }

  /** As one of an earlier version answers, too. */
  @Test
  void whoDoesNotTellIsNoFailure() throws IOException {
    try (PeerFixture nodes = new PeerFixture(true)) {
      nodes.status = "";

      assertThat(nodes.status(nodes.b())).isEqualTo(new StatusOutcome.Unknown());
      assertThat(nodes.status(nodes.b())).isEqualTo(new StatusOutcome.Unknown());

      assertThat(nodes.client.opened.get()).as("the connection is good").isEqualTo(1);
    }
  }

  @Test
  void moreThanItMayBeIsNotSent() throws IOException {
    try (PeerFixture nodes = new PeerFixture(true)) {
      nodes.status = "x".repeat(PeerProtocol.MAX_STATUS_BYTES + 1);
      assertThat(nodes.status(nodes.b())).isEqualTo(new StatusOutcome.Unknown());

      nodes.status = "x".repeat(PeerProtocol.MAX_STATUS_BYTES);
      assertThat(nodes.status(nodes.b())).isInstanceOf(StatusOutcome.Said.class);
    }
  }

  @Test
  void whoIsAnotherNodeIsSilent() throws IOException {
    try (PeerFixture nodes = new PeerFixture(false)) {
      assertThat(nodes.status(PeerFixture.at("c", nodes.port())))
          .isEqualTo(new StatusOutcome.Silent(PeerFailure.OTHER_NODE));
      assertThat(nodes.client.events)
          .as("it is avoided for nothing")
          .noneMatch(event -> event.startsWith("unreachable"));
    }
  }

  @Test
  void whoIsGoneIsSilentSoon() throws IOException {
    try (PeerFixture nodes = new PeerFixture(false)) {
      int port = nodes.port();
      nodes.endpoint().close();
      await().until(() -> nodes.server.incoming.get() == 0);

      assertThat(nodes.status(PeerFixture.at("b", port))).isInstanceOf(StatusOutcome.Silent.class);
    }
  }
}
