package dev.tarn.server.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.digest.Algorithm;
import dev.tarn.core.digest.Digest;
import dev.tarn.server.testing.Clients;
import dev.tarn.server.testing.MirrorFixture;
import dev.tarn.server.testing.MirrorOptions;
import dev.tarn.server.testing.RawClient.End;
import dev.tarn.server.testing.RawClient.Response;
import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.Sample;
import dev.tarn.server.testing.ScriptedRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A blob that is not here: fetched once, whoever asks how often. */
class BlobMissTest {
  @TempDir Path directory;
  private MirrorFixture mirror;

  @BeforeEach
  void start() throws IOException {
    mirror = MirrorFixture.start(directory, MirrorOptions.patient());
  }

  @AfterEach
  void stop() {
    mirror.close();
  }

  @Test
  void whilePeersAreExpectedUpstreamIsNotAskedForABlob() throws Exception {
    Sample blob = Sample.blob(900, 1000);
    AtomicBoolean released = new AtomicBoolean();
    List<Boolean> askedAfter = new CopyOnWriteArrayList<>();
    mirror.upstream.on(
        blob.path(),
        request -> {
          askedAfter.add(released.get());
          return blob.reply();
        });
    mirror.peers.expect();
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    Thread.startVirtualThread(
        () -> {
          try {
            answer.complete(mirror.get(blob.uri()).body());
          } catch (IOException e) {
            answer.completeExceptionally(e);
          }
        });

    Awaitility.await().during(Duration.ofMillis(300)).until(askedAfter::isEmpty);
    released.set(true);
    mirror.peers.expectNoLonger();

    assertThat(answer.get()).isEqualTo(blob.bytes());
    assertThat(askedAfter).containsExactly(true);
  }

  @Test
  void twentyMissesAtOnceAreOneFetch() throws Exception {
    Sample blob = Sample.blob(1, 3_000_000);
    CountDownLatch gate = new CountDownLatch(1);
    mirror.upstream.on(blob.path(), blob.reply().heldAt(1_000_000, gate));

    List<Response> answers =
        Clients.atOnce(
            20,
            () -> mirror.get(blob.uri()),
            () -> {
              Awaitility.await().until(() -> mirror.endpoint().connections() == 20);
              gate.countDown();
            });

    assertThat(answers)
        .allSatisfy(
            answer -> {
              assertThat(answer.status()).isEqualTo(200);
              assertThat(Digest.sha256(answer.body())).isEqualTo(blob.digest());
            });
    assertThat(mirror.upstream.requests()).hasSize(1);
    assertThat(mirror.fetchedBytes).hasValue(blob.size());
  }

  @Test
  void aMissIsNotFetchedOnceForTheClientAndOnceForTheDisk() throws IOException {
    Sample blob = Sample.blob(2, 300_000);
    mirror.upstream.on(blob.path(), blob.reply());

    assertThat(mirror.get(blob.uri()).body()).isEqualTo(blob.bytes());
    assertThat(mirror.get(blob.uri()).body()).isEqualTo(blob.bytes());

    assertThat(mirror.upstream.requests()).hasSize(1);
    assertThat(mirror.fetchedBytes).hasValue(blob.size());
  }

  @Test
  void aHeadOfABlobThatIsNotHereNeverFetchesIt() throws IOException {
    Sample blob = Sample.blob(3, 300_000);
    mirror.upstream.on(blob.path(), blob.reply());

    Response head = mirror.head(blob.uri());

    assertThat(head.status()).isEqualTo(200);
    assertThat(head.header("Content-Length")).isEqualTo("300000");
    assertThat(mirror.upstream.requests())
        .extracting(ScriptedRequest::method)
        .containsExactly("HEAD");
    assertThat(mirror.fetchedBytes).hasValue(0);
    assertThat(mirror.store().sizeOf(blob.digest())).isEmpty();
  }

  @Test
  void aBlobThatUpstreamDoesNotHaveIs404InItsWords() throws IOException {
    Sample blob = Sample.blob(4, 10);

    assertThat(mirror.head(blob.uri()).status()).isEqualTo(404);
    assertThat(mirror.get(blob.uri()).status()).isEqualTo(404);
    assertThat(mirror.get(blob.uri()).text()).contains("status 404");

    mirror.upstream.on(blob.path(), blob.reply());
    assertThat(mirror.get(blob.uri()).body()).as("404 is not remembered").isEqualTo(blob.bytes());
  }

  @Test
  void aBlobWithoutAnyByteIsServedAndKept() throws IOException {
    Sample blob = Sample.blob(6, 0);
    mirror.upstream.on(blob.path(), blob.reply());

    for (int i = 0; i < 2; i++) {
      Response response = mirror.get(blob.uri());
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.header("Content-Length")).isEqualTo("0");
      assertThat(response.end()).isEqualTo(End.WHOLE);
      mirror.awaitQuiet();
    }
    assertThat(mirror.head(blob.uri()).header("Content-Length")).isEqualTo("0");
    assertThat(mirror.upstream.requests()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1000, 300_000})
  void aBlobOfUnknownLengthIsServedVerifiedAndKept(int size) throws IOException {
    Sample blob = Sample.blob(7, size);
    mirror.upstream.on(blob.path(), blob.reply().chunked());

    Response miss = mirror.get(blob.uri());
    assertThat(miss.status()).isEqualTo(200);
    assertThat(miss.end()).isEqualTo(End.WHOLE);
    assertThat(miss.body()).isEqualTo(blob.bytes());
    mirror.awaitQuiet();

    Response hit = mirror.get(blob.uri());
    assertThat(hit.body()).isEqualTo(blob.bytes());
    assertThat(hit.header("Content-Length")).isEqualTo(Integer.toString(size));
    assertThat(mirror.upstream.requests()).hasSize(1);
  }

  @Test
  void aBlobWhoseEndIsTheConnectionsIsNotBelievedToBeWholeWhenItIsNot() throws IOException {
    Sample blob = Sample.blob(8, 300_000);
    mirror.upstream.on(blob.path(), blob.reply().endedByClose().truncatedAt(250_000), blob.reply());

    Response cut = mirror.get(blob.uri());
    assertThat(cut.claimsWhole()).isFalse();
    mirror.awaitQuiet();

    assertThat(mirror.store().sizeOf(blob.digest())).isEmpty();
    assertThat(mirror.get(blob.uri()).body()).isEqualTo(blob.bytes());
  }

  @Test
  void aSha512DigestIsVerifiedAsSuch() throws IOException {
    byte[] bytes = Sample.blob(9, 200_000).bytes();
    Digest digest = Digest.of(Algorithm.SHA512, ByteBuffer.wrap(bytes));
    String path = Sample.REPOSITORY + "blobs/" + digest;
    Reply reply = Reply.blob(bytes).withoutHeader("Docker-Content-Digest");
    mirror.upstream.on(path, reply.withWrongByteAt(199_999), reply);

    Response wrong = mirror.get(path + Sample.NS);
    assertThat(wrong.claimsWhole()).isFalse();
    mirror.awaitQuiet();

    assertThat(mirror.get(path + Sample.NS).body()).isEqualTo(bytes);
    mirror.awaitQuiet();
    assertThat(mirror.store().sizeOf(digest)).hasValue(200_000);
  }

  @Test
  void whatSharesALayerSharesItsFetchAcrossRepositoriesOnceUpstreamSaidYes() throws IOException {
    Sample blob = Sample.blob(10, 200_000);
    String other = "/v2/library/other/blobs/" + blob.digest();
    mirror.upstream.on(blob.path(), blob.reply()).on(other, blob.reply());

    mirror.get(blob.uri());
    mirror.awaitQuiet();

    assertThat(mirror.get(other + Sample.NS).body()).isEqualTo(blob.bytes());
    assertThat(mirror.get(other + Sample.NS).body()).isEqualTo(blob.bytes());
    assertThat(mirror.upstream.requests(other))
        .extracting(ScriptedRequest::method)
        .as("upstream was asked once whether it may, and not for the bytes")
        .containsExactly("HEAD");
  }

  @Test
  void aBlobIsNotServedUnderARepositoryThatDoesNotHaveIt() throws IOException {
    Sample blob = Sample.blob(11, 200_000);
    String other = "/v2/library/other/blobs/" + blob.digest();
    mirror.upstream.on(blob.path(), blob.reply());
    mirror.get(blob.uri());

    assertThat(mirror.get(other + Sample.NS).status()).isEqualTo(404);
    assertThat(mirror.head(other + Sample.NS).status()).isEqualTo(404);
    assertThat(mirror.get(other + "?ns=docker.io").status()).isEqualTo(404);

    mirror.upstream.close();
    assertThat(mirror.get(other + Sample.NS).status()).isEqualTo(502);
    assertThat(mirror.get(blob.uri()).body()).isEqualTo(blob.bytes());
  }

  @Test
  void aBlobThatIsArrivingIsNotServedUnderARepositoryThatDoesNotHaveIt() throws IOException {
    Sample blob = Sample.blob(12, 1_000_000);
    CountDownLatch gate = new CountDownLatch(1);
    String other = "/v2/library/other/blobs/" + blob.digest();
    mirror.upstream.on(blob.path(), blob.reply().heldAt(800_000, gate));

    assertThat(mirror.get(blob.uri(), "Range: bytes=0-9").status()).isEqualTo(206);
    assertThat(mirror.mirror().transfersInFlight()).isEqualTo(1);

    assertThat(mirror.get(other + Sample.NS, "Range: bytes=0-9").status()).isEqualTo(404);

    gate.countDown();
  }
}
