package dev.tarn.server.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tarn.core.planner.Event.FetchFailure;
import dev.tarn.server.peer.wire.PeerProtocol;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the endpoint makes of requests that no Tarn sends. */
class HostilePeerTest {
  private static final String HEAD = "Host: x\r\nTarn-Protocol: 1\r\nTarn-Node: a\r\n";
  private static final String NAME = "example.com/" + PeerFixture.BLOB.digest();

  /** Everything that comes back until the endpoint closes, or as much as is asked for. */
  private static String exchange(PeerFixture nodes, String request, int atMost) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), nodes.port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readNBytes(atMost), StandardCharsets.ISO_8859_1);
    }
  }

  private static String post(String body) {
    return "POST /peer/v1/ask HTTP/1.1\r\n"
        + HEAD
        + "Content-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  @ParameterizedTest
  @CsvSource({
    "GET / HTTP/1.1, 404",
    "GET /peer/v9/ask HTTP/1.1, 404",
    "DELETE /peer/v1/ask HTTP/1.1, 404",
    "GET /peer/v1/blobs/sha256:00/chunks/1 HTTP/1.1, 404",
    "nonsense, 400",
  })
  void whatIsNotThisProtocolIsRefused(String line, String status) throws IOException {
    try (PeerFixture nodes = new PeerFixture(false)) {
      assertThat(exchange(nodes, line + "\r\n" + HEAD + "\r\n", 12))
          .isEqualTo("HTTP/1.1 " + status);
      assertThat(nodes.askers).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: 2\r\nContent-Length: 3\r\n",
        "Content-Length: 2, 2\r\n",
        "Content-Length : 2\r\n",
        "Content-Length: 0x2\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: gzip, chunked\r\n",
        "X: y\rTarn-Node: b\r\nContent-Length: 2\r\n",
        "X: y\nTarn-Node: b\r\nContent-Length: 2\r\n",
        "Host: y\r\nContent-Length: 2\r\n",
      })
  void aQuestionOfUncertainLengthIsRefusedWithWhatFollows(String header) throws IOException {
    try (PeerFixture nodes = new PeerFixture(false)) {
      String question = "POST /peer/v1/ask HTTP/1.1\r\n" + HEAD + header + "\r\n{}";
      String probe =
          post(
              "{\"kind\":\"revoke\",\"registry\":\"example.com\",\"digest\":\""
                  + PeerFixture.BLOB.digest()
                  + "\"}");

      String answers = exchange(nodes, question + probe, 100_000);

      assertThat(answers).startsWith("HTTP/1.1 400").doesNotContain("HTTP/1.1 200");
      assertThat(nodes.askers).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/peer/v1/../v1/blobs/DIGEST/chunks/1",
        "/peer/v1/blobs/%2e%2e/DIGEST/chunks/1",
        "/peer/v1/blobs/DIGEST%00/chunks/1",
        "/peer/v1/blobs/DIGEST/chunks/../1",
        "/peer/v1/blobs/DIGEST/chunks/%31",
        "/peer/v1/blobs/DIGEST/chunks/-1",
        "/peer/v1/blobs/DIGEST/chunks/+1",
        "/peer/v1/blobs/DIGEST/chunks/2147483648",
        "/peer/v1/blobs/DIGEST/chunks/99999999999999999999",
        "/peer/v1/blobs/DIGEST/chunks/1?offset=-1",
        "/peer/v1/blobs/DIGEST/chunks/1?offset=9999999999999999999",
        "/peer/v1/blobs/DIGEST/chunks/",
        "/peer/v1/blobs/DIGEST",
        "/peer/v1/blobs/../../etc/passwd/chunks/whole",
        "http://x/peer/v1/blobs/DIGEST/chunks/1",
        "//peer/v1/blobs/DIGEST/chunks/1",
        "*",
      })
  void aTargetThatNamesNoChunkOpensNone(String target) throws IOException {
    try (PeerFixture nodes = new PeerFixture(false)) {
      nodes.uploads =
          (request, upload) -> {
            throw new AssertionError("asked for " + request);
          };
      String asked = target.replace("DIGEST", NAME);

      assertThat(exchange(nodes, "GET " + asked + " HTTP/1.1\r\n" + HEAD + "\r\n", 12))
          .isEqualTo("HTTP/1.1 404");
    }
  }

  @Test
  void aRequestLineOrHeadersBeyondTheLimitsAreRefused() throws IOException {
    try (PeerFixture nodes = new PeerFixture(false)) {
      String line = "GET /" + "a".repeat(2000) + " HTTP/1.1\r\n" + HEAD + "\r\n";
      assertThat(exchange(nodes, line, 12)).isEqualTo("HTTP/1.1 400");
      String longHeader = post("{}").replace("Host: x", "Host: x\r\nX: " + "v".repeat(9000));
      assertThat(exchange(nodes, longHeader, 12)).isEqualTo("HTTP/1.1 400");
      String many = post("{}").replace("Host: x", "Host: x" + "\r\nX: ".repeat(200));
      assertThat(exchange(nodes, many, 12)).isEqualTo("HTTP/1.1 400");
      assertThat(nodes.askers).isEmpty();
    }
  }

  @Test
  void aFieldThatIsThereTwiceIsNotGuessedAt() throws IOException {
    try (PeerFixture nodes = new PeerFixture(false)) {
      String twice =
          "{\"kind\":\"revoke\",\"registry\":\"example.com\",\"digest\":\""
              + PeerFixture.BLOB.digest()
              + "\",\"kind\":\"open\"}";
      assertThat(exchange(nodes, post(twice), 12)).isEqualTo("HTTP/1.1 400");
      assertThat(nodes.askers).isEmpty();
    }
  }

  @Test
  void aQuestionThatIsNestedTooDeepIsRefused() throws IOException {
    try (PeerFixture nodes = new PeerFixture(false)) {
      String deep = "{\"kind\":" + "[".repeat(500_000);
      assertThat(exchange(nodes, post(deep), 12)).isEqualTo("HTTP/1.1 400");
      String wide = "{\"kind\":\"announce\",\"gone\":[" + "0,".repeat(100_000) + "0]}";
      assertThat(exchange(nodes, post(wide), 12)).isEqualTo("HTTP/1.1 400");
      assertThat(nodes.askers).isEmpty();
    }
  }

  @Test
  void aQuestionThatIsNoneIsRefusedAndSaid() throws IOException {
    try (PeerFixture nodes = new PeerFixture(false)) {
      assertThat(exchange(nodes, post("{\"kind\":"), 12)).isEqualTo("HTTP/1.1 400");
      assertThat(nodes.server.events).contains("malformed", "answered a 400");
    }
  }

  @Test
  void aQuestionOfALaterVersionIsAnsweredByNothingToSay() throws IOException {
    try (PeerFixture nodes = new PeerFixture(false)) {
      String later = post("{\"kind\":\"sing\"}").replace("Protocol: 1", "Protocol: 2");
      assertThat(exchange(nodes, later, 15)).isEqualTo("HTTP/1.1 200 OK");
      assertThat(nodes.askers).isEmpty();
    }
  }

  @Test
  void whoeverDoesNotSayWhoItIsGetsNothing() throws IOException {
    try (PeerFixture nodes = new PeerFixture(false)) {
      String nobody = post("{}").replace("Tarn-Node: a", "Tarn-Node: a b");
      assertThat(exchange(nodes, nobody, 1000)).startsWith("HTTP/1.1 400");
      String browser = post("{}").replace("Tarn-Protocol: 1\r\n", "");
      assertThat(exchange(nodes, browser, 1000)).startsWith("HTTP/1.1 400");
    }
  }

  @Test
  void aMessageBeyondTheLimitIsCutOff() throws IOException {
    try (PeerFixture nodes = new PeerFixture(false)) {
      String tooLong =
          "POST /peer/v1/ask HTTP/1.1\r\n"
              + HEAD
              + "Content-Length: 99999999\r\n\r\n"
              + "x".repeat(PeerProtocol.MAX_MESSAGE_BYTES + 1);
      assertThat(exchange(nodes, tooLong, 12)).isEqualTo("HTTP/1.1 413");
    }
  }

  @Test
  void requestsBeforeTheirTurnEndTheConnection() throws IOException {
    try (PeerFixture nodes = new PeerFixture(false)) {
      nodes.uploads = (request, upload) -> {};
      String get = "GET /peer/v1/blobs/" + NAME + "/chunks/1 HTTP/1.1\r\n" + HEAD;
      exchange(nodes, get + "\r\n" + get + "\r\n", 100_000);
      await().until(() -> nodes.server.incoming.get() == 0);
    }
  }

  @Test
  void thereAreNoMoreUploadsThanThereMayBe() throws IOException {
    try (PeerFixture nodes =
        new PeerFixture(PeerFixture.settings(2), Optional.empty(), Optional.empty())) {
      nodes.uploads = (request, upload) -> upload.serve(PeerFixture.endless());
      NotingReceiver first = nodes.fetch(nodes.b(), 0);
      NotingReceiver second = nodes.fetch(nodes.b(), 0);
      NotingReceiver.get(first.accepted);
      NotingReceiver.get(second.accepted);

      NotingReceiver third = nodes.fetch(nodes.b(), 0);

      assertThat(third.end()).isEmpty();
      assertThat(third.failure).isEqualTo(FetchFailure.BUSY);
    }
  }

  @Test
  void uploadsKeepToTheirBandwidth() throws IOException {
    long start = System.nanoTime();
    try (PeerFixture nodes =
        new PeerFixture(
            PeerFixture.settings().withBandwidth(10_000_000, PeerSettings.UNLIMITED),
            Optional.empty(),
            Optional.empty())) {
      nodes.uploads = (request, upload) -> upload.serve(whole());

      assertThat(nodes.fetch(nodes.b(), 0).end()).isPresent();

      // 3 MB at 10 MB/s, of which the first 0.1 s are free.
      assertThat(System.nanoTime() - start).isGreaterThan(180_000_000L);
    }
  }

  @Test
  void downloadsKeepToTheirBandwidth() throws IOException {
    long start = System.nanoTime();
    try (PeerFixture nodes =
        new PeerFixture(
            PeerFixture.settings().withBandwidth(PeerSettings.UNLIMITED, 4_000_000),
            Optional.empty(),
            Optional.empty())) {
      nodes.uploads = (request, upload) -> upload.serve(whole());

      NotingReceiver receiver = nodes.fetch(nodes.b(), 0);

      assertThat(receiver.end()).isPresent();
      assertThat(receiver.content()).isEqualTo(PeerFixture.CONTENT);
      assertThat(System.nanoTime() - start).isGreaterThan(300_000_000L);
    }
  }

  private static GrowingChunk whole() {
    try {
      return GrowingChunk.of(PeerFixture.CONTENT, PeerFixture.TAIL);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
