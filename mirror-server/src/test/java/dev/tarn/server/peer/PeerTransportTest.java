package dev.tarn.server.peer;

import static dev.tarn.server.peer.PeerFixture.BLOB;
import static dev.tarn.server.peer.PeerFixture.CONTENT;
import static dev.tarn.server.peer.PeerFixture.TAIL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tarn.core.planner.Answer;
import dev.tarn.core.planner.Event.FetchFailure;
import dev.tarn.core.planner.Question;
import dev.tarn.server.peer.wire.ChunkRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Two nodes and what passes between them, plain and by mutual TLS. */
class PeerTransportTest {
  private static final Question PROBE = new Question.Probe(BLOB, 3, true);

  private static GrowingChunk chunk() {
    try {
      return GrowingChunk.of(CONTENT, TAIL);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aQuestionIsAnsweredAndTheAskerIsKnown(boolean tls) throws IOException {
    // given
    Answer load = new Answer.Load(3, false, 77, false, true, false);
    try (PeerFixture nodes = new PeerFixture(tls)) {
      List<Question> heard = new ArrayList<>();
      nodes.answers =
          question -> {
            heard.add(question);
            return load;
          };

      // when
      AskOutcome outcome = nodes.ask(nodes.b(), PROBE);

      // then
      assertThat(outcome).isEqualTo(new AskOutcome.Answered(load));
      assertThat(heard).containsExactly(PROBE);
      assertThat(nodes.askers).containsExactly("a");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void questionsOneAfterTheOtherShareOneConnection(boolean tls) throws IOException {
    try (PeerFixture nodes = new PeerFixture(tls)) {
      for (int i = 0; i < 20; i++) {
        assertThat(nodes.ask(nodes.b(), PROBE)).isInstanceOf(AskOutcome.Answered.class);
      }
      assertThat(nodes.client.opened.get()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aChunkComesWithItsTailAndTheBlobsSize(boolean tls) throws IOException {
    try (PeerFixture nodes = new PeerFixture(tls)) {
      GrowingChunk chunk = chunk();
      AtomicBoolean ended = new AtomicBoolean();
      nodes.uploads =
          (request, upload) -> {
            upload.onEnd(() -> ended.set(true));
            upload.serve(chunk);
          };

      NotingReceiver receiver = nodes.fetch(nodes.b(), 0);

      assertThat(receiver.end()).contains(TAIL);
      assertThat(receiver.content()).isEqualTo(CONTENT);
      assertThat(NotingReceiver.get(receiver.accepted)).isEqualTo(CONTENT.length);
      await().untilTrue(ended);
      assertThat(chunk.closed).isTrue();
      assertThat(nodes.endpoint().uploads()).isZero();
      await().until(() -> nodes.peers().downloads() == 0);
      assertThat(nodes.server.sent.get()).isEqualTo(CONTENT.length);
      assertThat(nodes.client.received.get()).isEqualTo(CONTENT.length);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aChunkIsResumedAtItsOffset(boolean tls) throws IOException {
    try (PeerFixture nodes = new PeerFixture(tls)) {
      nodes.uploads = (request, upload) -> upload.serve(chunk());

      NotingReceiver receiver = nodes.fetch(nodes.b(), 1_234_567);

      assertThat(receiver.end()).contains(TAIL);
      assertThat(receiver.content())
          .isEqualTo(Arrays.copyOfRange(CONTENT, 1_234_567, CONTENT.length));
      assertThat(nodes.requests).containsExactly(new ChunkRequest(BLOB, 0, 1_234_567, false));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void bytesAreServedAsTheyCome(boolean tls) throws IOException {
    try (PeerFixture nodes = new PeerFixture(tls)) {
      // given a chunk of which nothing is there
      GrowingChunk chunk = new GrowingChunk(Question.UNKNOWN_SIZE);
      nodes.uploads = (request, upload) -> upload.serve(chunk);
      NotingReceiver receiver = nodes.fetch(nodes.b(), 0);

      // then it is accepted at once, and each part arrives before the next is there
      assertThat(NotingReceiver.get(receiver.accepted)).isEqualTo(Question.UNKNOWN_SIZE);
      for (int at = 0; at < CONTENT.length; at += 1_000_000) {
        chunk.grow(Arrays.copyOfRange(CONTENT, at, at + 1_000_000));
        int expected = at + 1_000_000;
        await().until(() -> receiver.size() == expected);
      }
      assertThat(receiver.ended).isNotDone();
      chunk.end(new ChunkBody.State.End(TAIL));
      assertThat(receiver.end()).contains(TAIL);
      assertThat(receiver.content()).isEqualTo(CONTENT);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = FetchFailure.class,
      names = {"BUSY", "NOT_AHEAD", "GONE"})
  void aRefusalSaysWhy(FetchFailure reason) throws IOException {
    try (PeerFixture nodes = new PeerFixture(false)) {
      nodes.uploads = (request, upload) -> upload.refuse(reason);

      NotingReceiver first = nodes.fetch(nodes.b(), 0);
      assertThat(first.end()).isEmpty();
      NotingReceiver second = nodes.fetch(nodes.b(), 0);

      assertThat(second.end()).isEmpty();
      assertThat(second.failure).isEqualTo(reason);
      assertThat(nodes.client.opened.get()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anUploadThatIsCutSaysWhyAndItsConnectionServesOn(boolean tls) throws IOException {
    try (PeerFixture nodes = new PeerFixture(tls)) {
      // given
      GrowingChunk growing = new GrowingChunk(CONTENT.length);
      growing.grow(Arrays.copyOf(CONTENT, 1_000_000));
      CompletableFuture<Upload> running = new CompletableFuture<>();
      nodes.uploads =
          (request, upload) -> {
            upload.serve(growing);
            running.complete(upload);
          };
      NotingReceiver receiver = nodes.fetch(nodes.b(), 0);
      await().until(() -> receiver.size() == 1_000_000);

      // when
      NotingReceiver.get(running).cut(FetchFailure.MISMATCH);

      // then
      assertThat(receiver.end()).isEmpty();
      assertThat(receiver.failure).isEqualTo(FetchFailure.MISMATCH);
      await().untilTrue(growing.closed);
      nodes.uploads = (request, upload) -> upload.serve(chunk());
      assertThat(nodes.fetch(nodes.b(), 0).end()).contains(TAIL);
      assertThat(nodes.client.opened.get()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aFetchThatIsCancelledEndsTheUpload(boolean tls) throws IOException {
    try (PeerFixture nodes = new PeerFixture(tls)) {
      GrowingChunk growing = new GrowingChunk(CONTENT.length);
      growing.grow(Arrays.copyOf(CONTENT, 1_000_000));
      AtomicBoolean ended = new AtomicBoolean();
      nodes.uploads =
          (request, upload) -> {
            upload.onEnd(() -> ended.set(true));
            upload.serve(growing);
          };
      NotingReceiver receiver = new NotingReceiver();
      Fetch fetch = nodes.peers().fetch(nodes.b(), new ChunkRequest(BLOB, 0, 0, true), receiver);
      await().until(() -> receiver.size() == 1_000_000);

      fetch.cancel();

      await().untilTrue(ended);
      assertThat(growing.closed).isTrue();
      assertThat(receiver.ended).isNotDone();
      await().until(() -> nodes.client.outgoing.get() == 0);
      assertThat(nodes.peers().downloads()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aReceiverThatCannotStoreEndsTheFetch(boolean tls) throws IOException {
    try (PeerFixture nodes = new PeerFixture(tls)) {
      nodes.uploads = (request, upload) -> upload.serve(chunk());
      NotingReceiver receiver = new NotingReceiver(500_000);

      nodes.peers().fetch(nodes.b(), new ChunkRequest(BLOB, 0, 0, false), receiver);

      await().until(() -> nodes.peers().downloads() == 0);
      await().until(() -> nodes.endpoint().uploads() == 0);
      assertThat(receiver.ended).isNotDone();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void manyChunksComeAtATime(boolean tls) throws IOException {
    try (PeerFixture nodes = new PeerFixture(tls)) {
      nodes.uploads = (request, upload) -> upload.serve(chunk());

      List<NotingReceiver> receivers = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        receivers.add(nodes.fetch(nodes.b(), 0));
      }

      for (NotingReceiver receiver : receivers) {
        assertThat(receiver.end()).contains(TAIL);
        assertThat(receiver.content()).isEqualTo(CONTENT);
      }
      assertThat(nodes.client.opened.get()).isLessThanOrEqualTo(4);
    }
  }
}
