package dev.tarn.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.server.testing.RawClient;
import dev.tarn.server.testing.RawClient.Response;
import dev.tarn.server.testing.Sample;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever a client sends too much of, it is told so, and it costs the mirror little. */
class OversizedRequestTest extends HostileClients {
  private static final String GET = "GET /v2/ HTTP/1.1\r\nHost: m\r\n";

  @ParameterizedTest
  @CsvSource({
    "/v2/, 5000, 414",
    "/v2/?ns=, 5000, 414",
    "/v2/library/app/tags/list?ns=example.com&last=, 5000, 414",
    "/v2/, 100000, 414",
    "/v2/, 3000000, 414",
  })
  void aTargetIsLimited(String start, int length, int status) throws IOException {
    Response response =
        onlyAnswer("GET " + start + "a".repeat(length) + " HTTP/1.1\r\nHost: m\r\n\r\n");

    assertThat(response.status()).isEqualTo(status);
    assertNothingAsked();
  }

  @Test
  void aTargetThatFitsButNamesTooMuchIsNotFound() throws IOException {
    for (String name : new String[] {"a".repeat(3900), "a/".repeat(1900) + "a"}) {
      Response response =
          onlyAnswer(
              "GET /v2/"
                  + name
                  + "/manifests/v1?ns=example.com HTTP/1.1\r\nHost: m\r\nConnection: close\r\n\r\n");
      assertThat(response.status()).isEqualTo(404);
    }
    assertNothingAsked();
  }

  @ParameterizedTest
  @CsvSource({"1, 40000", "1, 3000000", "40, 1000", "200, 10", "10000, 0", "300000, 0"})
  void headersAreLimitedInSizeAndNumber(int number, int length) throws IOException {
    String header = "X: " + "v".repeat(length) + "\r\n";

    Response response = onlyAnswer(GET + header.repeat(number) + "\r\n");

    assertThat(response.status()).isEqualTo(431);
  }

  @Test
  void aMethodOrAHeaderNameIsLimitedToo() throws IOException {
    assertThat(onlyAnswer("G".repeat(100_000) + " /v2/ HTTP/1.1\r\nHost: m\r\n\r\n").status())
        .isEqualTo(414);
    assertThat(onlyAnswer(GET + "X".repeat(100_000) + ": y\r\n\r\n").status()).isEqualTo(431);
  }

  @ParameterizedTest
  @CsvSource({"65536, 1", "1, 100000", "16, 100000"})
  void aBodyInChunksIsLimited(int size, int number) throws IOException {
    String chunk = Integer.toHexString(size) + "\r\n" + "x".repeat(size) + "\r\n";
    int times = size == 65_536 ? 2 : number;

    Response response =
        onlyAnswer(GET + "Transfer-Encoding: chunked\r\n\r\n" + chunk.repeat(times) + "0\r\n\r\n");

    assertThat(response.status()).isEqualTo(413);
  }

  @Test
  void trailersAndChunkExtensionsAreLimited() throws IOException {
    String chunked = GET + "Transfer-Encoding: chunked\r\n\r\n";
    String trailer = "X: " + "v".repeat(1000) + "\r\n";

    assertThat(onlyAnswer(chunked + "0\r\n" + trailer.repeat(100) + "\r\n").status())
        .isBetween(400, 499);
    assertThat(onlyAnswer(chunked + "1;" + "e".repeat(100_000) + "\r\nx\r\n0\r\n\r\n").status())
        .isBetween(400, 499);
  }

  @Test
  void aLengthThatIsNeverSentHoldsNothingUp() throws IOException {
    try (Socket socket = sent(GET + "Content-Length: 9223372036854775807\r\n\r\nx")) {
      assertThat(mirror.get("/v2/").status()).isEqualTo(200);
      socket.shutdownOutput();
    }
    Awaitility.await().until(() -> mirror.endpoint().connections() == 0);
  }

  @Test
  void requestsBehindASlowOneWaitInTheNetworkNotInMemory() throws Exception {
    Sample slow = Sample.blob(1, 100);
    CountDownLatch gate = new CountDownLatch(1);
    mirror.upstream.on(slow.path(), slow.reply().heldAt(-1, gate));
    int number = 20_000;
    byte[] pings = (GET + "\r\n").repeat(number).getBytes(StandardCharsets.US_ASCII);
    try (Socket socket = sent("GET " + slow.uri() + " HTTP/1.1\r\nHost: m\r\n\r\n")) {
      Thread writer = Thread.startVirtualThread(() -> write(socket, pings));
      Awaitility.await().until(() -> !mirror.upstream.requests(slow.path()).isEmpty());
      gate.countDown();

      InputStream in = socket.getInputStream();
      assertThat(RawClient.read(in, false).body()).isEqualTo(slow.bytes());
      for (int i = 0; i < number; i++) {
        assertThat(RawClient.read(in, false).status()).isEqualTo(200);
      }
      writer.join();
    }
  }

  private static void write(Socket socket, byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
    } catch (IOException e) {
      // The test is over.
    }
  }
}
