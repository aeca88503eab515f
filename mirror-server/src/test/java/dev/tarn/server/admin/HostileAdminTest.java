package dev.tarn.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.server.testing.RawClient;
import dev.tarn.server.testing.RawClient.Response;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The admin endpoint is reached from all over the cluster: what it does not know it refuses. */
class HostileAdminTest {
  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final AtomicInteger scrapes = new AtomicInteger();
  private AdminEndpoint endpoint;

  @BeforeEach
  void start() throws IOException {
    endpoint =
        AdminEndpoint.start(
            group,
            NioServerSocketChannel.class,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            new AdminEndpoint.Answers(
                () -> true,
                this::scrape,
                reference -> {
                  throw new AssertionError(reference);
                },
                () -> null,
                Optional.empty(),
                Runnable::run));
  }

  @AfterEach
  void stop() {
    endpoint.close();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  private String scrape(MetricsFormat format) {
    scrapes.incrementAndGet();
    return "tarn_x 1\n";
  }

  /** The one answer to these characters, after which the connection ends. */
  private Response onlyAnswer(String characters) throws IOException {
    try (Socket socket = RawClient.connect(endpoint.address())) {
      socket.getOutputStream().write(characters.getBytes(StandardCharsets.ISO_8859_1));
      InputStream in = socket.getInputStream();
      Response response = RawClient.read(in, false);
      assertThat(in.read()).as("no second answer").isEqualTo(-1);
      return response;
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: 0\r\nContent-Length: 5\r\n",
        "Content-Length: 0, 5\r\n",
        "Content-Length : 0\r\n",
        "Content-Length: +5\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: gzip, chunked\r\n",
        "Host: other.test\r\n",
        "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n",
        "X: y\rAuthorization: Bearer x\r\n",
        "X: y\nX-Evil: 1\r\n",
        "X: y\u0000\r\n",
      })
  void aRequestThatIsNotCertainIsRefused(String header) throws IOException {
    Response response =
        onlyAnswer("GET /metrics HTTP/1.1\r\nHost: m\r\n" + header + "\r\n0\r\n\r\n");

    assertThat(response.status()).isEqualTo(400);
    assertThat(scrapes).hasValue(0);
  }

  @ParameterizedTest
  @CsvSource({
    "GET, http://m/metrics, 404",
    "GET, //m/metrics, 404",
    "GET, *, 404",
    "OPTIONS, *, 404",
    "CONNECT, m:5052, 404",
    "GET, metrics, 404",
    "GET, /metrics/, 404",
    "GET, /metrics/../metrics, 404",
    "GET, /./metrics, 404",
    "GET, /%6detrics, 404",
    "GET, /metrics%00, 404",
    "GET, /metrics%2f, 404",
    "GET, /healthz/../metrics, 404",
    "GET, /healthz/%2e%2e/metrics, 404",
    "GET, /METRICS, 404",
    "GET, /metrics;x, 404",
    "GET, /metrics#x, 404",
    "POST, /metrics, 405",
    "DELETE, /metrics, 405",
    "TRACE, /metrics, 405",
    "get, /metrics, 405",
  })
  void onlyAPathThatIsKnownIsAnswered(String method, String target, int status) throws IOException {
    Response response = onlyAnswer(method + " " + target + " HTTP/1.1\r\nHost: m\r\n\r\n");

    assertThat(response.status()).isEqualTo(status);
    assertThat(scrapes).hasValue(0);
  }

  @Test
  void whatComesBehindTheRequestIsNobodys() throws IOException {
    String get = "GET /metrics HTTP/1.1\r\nHost: m\r\n";

    assertThat(onlyAnswer(get + "\r\n" + get + "\r\n").text()).isEqualTo("tarn_x 1\n");
    String body = get + "Content-Length: 5\r\n\r\nhello" + get + "\r\n";
    assertThat(onlyAnswer(body).text()).isEqualTo("tarn_x 1\n");
    assertThat(scrapes).hasValue(2);
  }

  @ParameterizedTest
  @CsvSource({"1, 20000, 431", "40, 1000, 431", "200, 10, 431", "2000, 0, 431"})
  void headersAreLimitedInSizeAndNumber(int number, int length, int status) throws IOException {
    String header = "X: " + "v".repeat(length) + "\r\n";

    Response response =
        onlyAnswer("GET /metrics HTTP/1.1\r\nHost: m\r\n" + header.repeat(number) + "\r\n");

    assertThat(response.status()).isEqualTo(status);
    assertThat(scrapes).hasValue(0);
  }
}
