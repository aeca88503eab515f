package dev.tarn.agent.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.agent.metrics.Endpoint.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class EndpointTest {
  private Endpoint endpoint;

  @BeforeEach
  void start() throws IOException {
    endpoint =
        Endpoint.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            Map.of("/metrics", () -> new Answer(200, "a 1\n")));
  }

  @AfterEach
  void stop() {
    endpoint.close();
  }

  @Test
  void aPageIsServed() throws IOException {
    assertServes();
  }

  private void assertServes() throws IOException {
    String answer = ask("GET /metrics?x=y HTTP/1.1\r\nHost: x\r\n\r\n");

    assertThat(answer).startsWith("HTTP/1.1 200 ").contains("Content-Length: 4\r\n");
    assertThat(answer).endsWith("\r\n\r\na 1\n");
  }

  @Test
  void ofAHeadNoBodyIsSent() throws IOException {
    assertThat(ask("HEAD /metrics HTTP/1.1\r\n\r\n")).endsWith("\r\n\r\n");
  }

  @Test
  void whatIsNotThereIsSaidSo() throws IOException {
    assertThat(ask("GET /x HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 404 ");
    assertThat(ask("POST /metrics HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 405 ");
    assertThat(ask("\r\n\r\n")).startsWith("HTTP/1.1 405 ");
    assertThat(ask("GET\r\n\r\n")).startsWith("HTTP/1.1 ");
  }

  @Test
  void anEndlessRequestIsNotRead() throws IOException {
    assertThat(ask("GET /metrics HTTP/1.1\r\nX: " + "y".repeat(10_000))).isEmpty();
    assertServes();
  }

  @Test
  void whoSaysNothingKeepsOthersWaitingForSecondsOnly() throws IOException {
    try (Socket silent = connect()) {
      assertServes();
      assertThat(silent.isConnected()).isTrue();
    }
  }

  @Test
  void anAddressThatIsTakenIsTakenOverWhenItIsFree() throws Exception {
    InetSocketAddress address = endpoint.address();
    try (Endpoint second =
        Endpoint.start(address, Map.of("/metrics", () -> new Answer(200, "b 2\n")))) {
      assertThat(second.address()).isEqualTo(address);
      assertServes();

      endpoint.close();
      endpoint = second;
      String answer = "";
      long deadline = System.nanoTime() + 10_000_000_000L;
      while (!answer.endsWith("b 2\n")) {
        assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
        LockSupport.parkNanos(20_000_000);
        answer = answerOrNothing();
      }
    }
  }

  @Test
  void whoWaitsForAnAddressCanBeClosed() throws IOException {
    Endpoint.start(endpoint.address(), Map.of()).close();

    assertServes();
  }

  private String answerOrNothing() throws IOException {
    try {
      return ask("GET /metrics HTTP/1.1\r\n\r\n");
    } catch (java.net.ConnectException _) {
      return "";
    }
  }

  @Test
  void figuresAreWrittenAsPrometheusReadsThem() {
    Page page =
        new Page()
            .metric("entry", Page.Type.GAUGE, "Whether it stands.")
            .sample(1, "registry", "a\"b\\c\nd", "root", "/x")
            .metric("n_total", Page.Type.COUNTER, "How many.")
            .sample(7);

    assertThat(page)
        .hasToString(
            """
            # HELP containerd_config_agent_entry Whether it stands.
            # TYPE containerd_config_agent_entry gauge
            containerd_config_agent_entry{registry="a\\"b\\\\c\\nd",root="/x"} 1
            # HELP containerd_config_agent_n_total How many.
            # TYPE containerd_config_agent_n_total counter
            containerd_config_agent_n_total 7
            """);
  }

  private String ask(String request) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (java.net.SocketException _) {
      return ""; // Closed with something unread.
    }
  }

  private Socket connect() throws IOException {
    return new Socket(endpoint.address().getAddress(), endpoint.address().getPort());
  }
}
