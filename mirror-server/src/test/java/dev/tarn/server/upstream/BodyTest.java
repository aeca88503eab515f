package dev.tarn.server.upstream;

import static dev.tarn.server.upstream.UpstreamFixture.MANIFEST_PATH;
import static dev.tarn.server.upstream.UpstreamFixture.OCI_MANIFEST;
import static dev.tarn.server.upstream.UpstreamFixture.blobPath;
import static dev.tarn.server.upstream.UpstreamFixture.failed;
import static dev.tarn.server.upstream.UpstreamFixture.found;
import static dev.tarn.server.upstream.UpstreamFixture.randomBytes;
import static dev.tarn.server.upstream.UpstreamFixture.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.ScriptedUpstream;
import dev.tarn.server.upstream.UpstreamAnswer.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that break, stall, lie or come faster than they are read. */
class BodyTest {
  private static final byte[] BLOB = randomBytes(3_000_000);
  private static final String PATH = blobPath(BLOB);

  private final UpstreamFixture fixture = new UpstreamFixture();
  private final ScriptedUpstream upstream = fixture.upstream;

  @AfterEach
  void end() {
    fixture.close();
  }

  /** Reads until it fails; what arrived is in {@code into}. */
  private static UpstreamException breaks(UpstreamAnswer answer, ByteArrayOutputStream into) {
    try (UpstreamContent content = found(answer)) {
      UpstreamFixture.readInto(into, content);
    } catch (UpstreamException e) {
      return e;
    } catch (IOException e) {
      throw new AssertionError("a kind that callers do not know", e);
    }
    throw new AssertionError("the body ended well");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 70_000, 2_999_999})
  void aBodyEndedBeforeItsLengthFailsAfterAllItsBytesWereDelivered(int bytes) {
    for (Reply reply :
        new Reply[] {
          Reply.blob(BLOB).truncatedAt(bytes), Reply.blob(BLOB).chunked().truncatedAt(bytes)
        }) {
      upstream.on(PATH, reply);
      ByteArrayOutputStream arrived = new ByteArrayOutputStream();

      UpstreamException thrown = breaks(fixture.getBlob(BLOB, 0), arrived);

      assertThat(thrown.reason()).isEqualTo(Reason.BROKEN);
      assertThat(arrived.toByteArray()).isEqualTo(Arrays.copyOf(BLOB, bytes));
    }
    assertThat(fixture.events).last().asString().endsWith("body BROKEN");
  }

  @Test
  void aBodyCutByResetFailsWithAPrefixDelivered() {
    for (Reply reply :
        new Reply[] {
          Reply.blob(BLOB).resetAt(100_000),
          Reply.blob(BLOB).chunked().resetAt(100_000),
          Reply.blob(BLOB).endedByClose().resetAt(100_000)
        }) {
      upstream.on(PATH, reply);
      ByteArrayOutputStream arrived = new ByteArrayOutputStream();

      UpstreamException thrown = breaks(fixture.getBlob(BLOB, 0), arrived);

      assertThat(thrown.reason()).isEqualTo(Reason.BROKEN);
      assertThat(arrived.toByteArray()).isEqualTo(Arrays.copyOf(BLOB, arrived.size()));
    }
  }

  @Test
  void aBodyWithoutProgressStalls() {
    fixture.stallTimeout = Duration.ofSeconds(1);
    upstream.on(PATH, Reply.blob(BLOB).stalledAt(50_000));
    ByteArrayOutputStream arrived = new ByteArrayOutputStream();

    UpstreamException thrown = breaks(fixture.getBlob(BLOB, 0), arrived);

    assertThat(thrown).isInstanceOf(StalledException.class);
    assertThat(thrown.reason()).isEqualTo(Reason.TIMEOUT);
    assertThat(arrived.size()).isEqualTo(50_000);
    assertThat(fixture.events).last().asString().endsWith("body TIMEOUT");
  }

  @Test
  void aSlowBodyThatMakesProgressIsNotStalled() throws IOException {
    fixture.stallTimeout = Duration.ofMillis(1500);
    byte[] blob = randomBytes(400);
    upstream.on(blobPath(blob), Reply.blob(blob).dripping(10, Duration.ofMillis(45)));

    assertThat(read(fixture.getBlob(blob, 0))).isEqualTo(blob);
  }

  @Test
  void aReaderThatIsSlowHoldsUpstreamBackAndStillGetsEverything() throws IOException {
    byte[] blob = randomBytes(40_000_000);
    CountDownLatch gate = new CountDownLatch(1);
    upstream.on(blobPath(blob), Reply.blob(blob).heldAt(30_000_000, gate));
    long before = usedDirectMemory();

    try (UpstreamContent content = found(fixture.getBlob(blob, 0))) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      UpstreamFixture.readOnce(bytes, content);
      // The server fills what the sockets take, and can go no further.
      Awaitility.await()
          .during(Duration.ofMillis(300))
          .atMost(Duration.ofSeconds(5))
          .until(() -> usedDirectMemory() - before < 16_000_000);
      gate.countDown();
      UpstreamFixture.readInto(bytes, content);
      assertThat(bytes.toByteArray()).isEqualTo(blob);
    }
  }

  private static long usedDirectMemory() {
    return io.netty.util.internal.PlatformDependent.usedDirectMemory();
  }

  @Test
  void aSlowReaderOfATruncatedBodyGetsEveryByteThatWasSent() {
    upstream.on(PATH, Reply.blob(BLOB).truncatedAt(1_300_000));
    ByteArrayOutputStream arrived = new ByteArrayOutputStream();
    UpstreamAnswer answer = fixture.getBlob(BLOB, 0);
    Awaitility.await().until(() -> upstream.openConnections() == 0);

    UpstreamException thrown = breaks(answer, arrived);

    assertThat(thrown.reason()).isEqualTo(Reason.BROKEN);
    assertThat(arrived.size()).isEqualTo(1_300_000);
  }

  @Test
  void aBodyThatIsNotWantedAnyLongerCostsItsConnection() throws IOException {
    upstream.on(PATH, Reply.blob(BLOB));
    try (UpstreamContent content = found(fixture.getBlob(BLOB, 0))) {
      UpstreamFixture.readOnce(new ByteArrayOutputStream(), content);
    }

    assertThat(read(fixture.getBlob(BLOB, 0))).isEqualTo(BLOB);

    assertThat(upstream.connections()).isEqualTo(2);
  }

  @Test
  void aBodyThatArrivedWholeButUnreadKeepsItsConnection() throws IOException {
    byte[] small = randomBytes(100);
    upstream.on(blobPath(small), Reply.blob(small));
    UpstreamContent content = found(fixture.getBlob(small, 0));
    Awaitility.await().until(() -> fixture.client().pool().idleConnections() == 1);
    content.close();
    content.close();

    assertThat(read(fixture.getBlob(small, 0))).isEqualTo(small);

    assertThat(upstream.connections()).isEqualTo(1);
  }

  @Test
  void whatIsReadAfterClosingIsAFailureNotAnEnd() {
    upstream.on(PATH, Reply.blob(BLOB));
    UpstreamContent content = found(fixture.getBlob(BLOB, 0));
    content.close();

    assertThatThrownBy(content::next).isInstanceOf(IOException.class);
  }

  @Test
  void aRegistryWithoutRangesAnswersFromTheStart() throws IOException {
    upstream.on(PATH, Reply.blob(BLOB).withoutRanges());

    UpstreamAnswer answer = fixture.getBlob(BLOB, 1000);

    assertThat(found(answer).offset()).isZero();
    assertThat(found(answer).totalSize()).isEqualTo(BLOB.length);
    assertThat(read(answer)).isEqualTo(BLOB);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bytes 0-2999999/3000000",
        "bytes 999-2999999/3000000",
        "bytes 1000-2999998/3000000",
        "bytes 1000-2999999/2999999",
        "bytes 2999999-1000/3000000",
        "bytes=1000-2999999/3000000",
        "bytes 1000-2999999/99999999999999999999",
        "nonsense"
      })
  void aRangeThatWasNotAskedForIsNotBelieved(String contentRange) {
    upstream.on(PATH, Reply.blob(BLOB).header("Content-Range", contentRange));

    assertThat(failed(fixture.getBlob(BLOB, 1000)).reason()).isEqualTo(Reason.PROTOCOL);
  }

  @Test
  void aPartWithoutContentRangeOrUnaskedIsNotBelieved() {
    upstream.on(PATH, Reply.status(206));

    assertThat(failed(fixture.getBlob(BLOB, 1000)).reason()).isEqualTo(Reason.PROTOCOL);

    upstream.on(PATH, Reply.status(206).header("Content-Range", "bytes 0-9/10"));
    assertThat(failed(fixture.getBlob(BLOB, 0)).reason()).isEqualTo(Reason.PROTOCOL);
  }

  @Test
  void aRangeWhoseTotalIsUnknownIsTaken() throws IOException {
    upstream.on(PATH, Reply.blob(BLOB).header("Content-Range", "bytes 1000-2999999/*"));

    UpstreamAnswer answer = fixture.getBlob(BLOB, 1000);

    assertThat(found(answer).totalSize()).isEqualTo(-1);
    assertThat(read(answer)).hasSize(BLOB.length - 1000);
  }

  @Test
  void anOffsetBeyondTheEndIsAFailure() {
    upstream.on(PATH, Reply.blob(BLOB));

    assertThat(failed(fixture.getBlob(BLOB, BLOB.length)).reason()).isEqualTo(Reason.STATUS);
  }

  @Test
  void encodedContentIsNotBelieved() throws IOException {
    upstream.on(PATH, Reply.blob(BLOB).header("Content-Encoding", "gzip"));
    assertThat(failed(fixture.getBlob(BLOB, 0)).reason()).isEqualTo(Reason.PROTOCOL);

    upstream.on(PATH, Reply.blob(BLOB).header("Content-Encoding", "identity"));
    assertThat(read(fixture.getBlob(BLOB, 0))).isEqualTo(BLOB);
  }

  @Test
  void anHtmlPageIsNoManifest() {
    upstream.on(MANIFEST_PATH, Reply.htmlPage());
    assertThat(failed(fixture.getManifest()).reason()).isEqualTo(Reason.PROTOCOL);

    upstream.on(MANIFEST_PATH, Reply.htmlPage().header("Content-Type", "TEXT/HTML; charset=x"));
    assertThat(failed(fixture.getManifest()).reason()).isEqualTo(Reason.PROTOCOL);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "sha256:", "sha256:xyz", "md5:00", "sha256:ABC", " "})
  void aMalformedDigestIsNone(String digest) throws IOException {
    upstream.on(
        MANIFEST_PATH,
        Reply.manifest(OCI_MANIFEST, new byte[] {'{', '}'})
            .header("Docker-Content-Digest", digest));

    UpstreamAnswer answer = fixture.getManifest();

    assertThat(found(answer).digest()).isEmpty();
    read(answer);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "abc", "1, 2", "99999999999999999999"})
  void aLengthThatIsNoneIsNotBelieved(String length) {
    fixture.retries = 0;
    upstream.on(PATH, Reply.blob(BLOB).header("Content-Length", length));

    assertThat(failed(fixture.getBlob(BLOB, 0)).reason()).isEqualTo(Reason.PROTOCOL);
  }

  @Test
  void headersWithoutEndAreNotRead() {
    fixture.retries = 0;
    upstream.on(PATH, Reply.blob(BLOB).header("X-Long", "x".repeat(100_000)));

    assertThat(failed(fixture.getBlob(BLOB, 0)).reason()).isEqualTo(Reason.PROTOCOL);
  }

  @Test
  void bytesBeyondTheLengthCostTheConnectionAndNothingElse() throws IOException {
    byte[] small = randomBytes(100);
    upstream.on(
        blobPath(small), Reply.blob(small).header("Content-Length", "40"), Reply.blob(small));

    assertThat(read(fixture.getBlob(small, 0))).isEqualTo(Arrays.copyOf(small, 40));

    assertThat(read(fixture.getBlob(small, 0))).isEqualTo(small);
  }
}
