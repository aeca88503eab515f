package dev.tarn.server.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class AdminEndpointTest {
  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

  private volatile boolean ready;
  private volatile Supplier<String> scrape = () -> "tarn_x 1\n";
  private AdminEndpoint endpoint;

  @BeforeEach
  void start() throws IOException {
    endpoint = start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  @AfterEach
  void stop() {
    endpoint.close();
    executor.close();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  @Test
  void aProcessThatAnswersIsHealthy() throws IOException {
    assertThat(get("/healthz")).startsWith("HTTP/1.1 200 OK").endsWith("\r\n\r\nok\n");
  }

  @Test
  void readinessIsAskedEachTime() throws IOException {
    assertThat(get("/readyz")).startsWith("HTTP/1.1 503 ");
    ready = true;
    assertThat(get("/readyz")).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void metricsAreScrapedOffTheEventLoop() throws IOException {
    scrape = () -> "on_virtual_thread " + Thread.currentThread().isVirtual() + "\n";
    assertThat(get("/metrics"))
        .startsWith("HTTP/1.1 200 OK")
        .containsIgnoringCase("content-type: text/plain; version=0.0.4; charset=utf-8")
        .endsWith("\r\n\r\non_virtual_thread true\n");
  }

  @Test
  void whoAsksForOpenMetricsIsToldSo() throws IOException {
    String accept = "Accept: text/plain;q=0.5\r\nAccept: application/openmetrics-text\r\n";
    assertThat(exchange("GET /metrics HTTP/1.1\r\nHost: x\r\n" + accept + "\r\n"))
        .startsWith("HTTP/1.1 200 OK")
        .containsIgnoringCase(
            "content-type: application/openmetrics-text; version=1.0.0; charset=utf-8\r\n")
        .endsWith("\r\n\r\ntarn_x 1\n# EOF\n");
  }

  @Test
  void aQueryIsIgnored() throws IOException {
    assertThat(get("/healthz?verbose=1")).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void headHasTheHeadersOfGetAndNoBody() throws IOException {
    assertThat(exchange("HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n"))
        .startsWith("HTTP/1.1 200 ")
        .containsIgnoringCase("content-length: 9\r\n")
        .endsWith("\r\n\r\n");
  }

  @Test
  void anythingElseIsNotFoundOrNotAllowed() throws IOException {
    assertThat(get("/nothing")).startsWith("HTTP/1.1 404 ");
    assertThat(get("/metrics/")).startsWith("HTTP/1.1 404 ");
    assertThat(exchange("POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"))
        .startsWith("HTTP/1.1 405 ")
        .containsIgnoringCase("allow: GET, HEAD");
  }

  @Test
  void whatIsNotHttpOrTooLongIsRefused() throws IOException {
    assertThat(exchange("\u0016\u0003\u0001 hello\r\n\r\n")).startsWith("HTTP/1.1 400 ");
    assertThat(get("/" + "a".repeat(4000))).startsWith("HTTP/1.1 414 ");
    assertThat(exchange("GET /healthz HTTP/1.1\r\nX: " + "a".repeat(20_000) + "\r\n\r\n"))
        .startsWith("HTTP/1.1 431 ");
  }

  @Test
  void aScrapeThatFailsIsAnError() throws IOException {
    scrape =
        () -> {
          throw new IllegalStateException("broken meter");
        };
    assertThat(get("/metrics")).startsWith("HTTP/1.1 500 ").doesNotContain("broken meter");
  }

  @Test
  void healthIsAnsweredWhileScrapesHangAndMoreScrapesAreRefused() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch hanging = new CountDownLatch(4);
    scrape =
        () -> {
          hanging.countDown();
          awaitUnchecked(release);
          return "late 1\n";
        };
    List<Socket> scrapers = new ArrayList<>();
    try {
      for (int i = 0; i < 4; i++) {
        scrapers.add(send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"));
      }
      assertThat(hanging.await(10, TimeUnit.SECONDS)).isTrue();

      assertThat(get("/healthz")).startsWith("HTTP/1.1 200 ");
      assertThat(get("/metrics")).startsWith("HTTP/1.1 503 ");
    } finally {
      release.countDown();
    }
    for (Socket scraper : scrapers) {
      assertThat(read(scraper)).endsWith("late 1\n");
    }
    assertThat(get("/metrics")).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void connectionsBeyondTheLimitAreClosedAndRoomComesBack() throws IOException {
    List<Socket> idle = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      idle.add(send("GET"));
    }
    assertThat(get("/healthz")).isEmpty();

    idle.getFirst().close();
    org.awaitility.Awaitility.await()
        .untilAsserted(() -> assertThat(get("/healthz")).startsWith("HTTP/1.1 200 "));
    for (Socket socket : idle) {
      socket.close();
    }
  }

  @Test
  void anAddressThatIsTakenIsNamed() {
    InetSocketAddress taken = endpoint.address();
    assertThatThrownBy(() -> start(taken))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(Integer.toString(taken.getPort()));
  }

  private AdminEndpoint start(InetSocketAddress address) throws IOException {
    return AdminEndpoint.start(
        group,
        NioServerSocketChannel.class,
        address,
        new AdminEndpoint.Answers(
            () -> ready,
            this::scraped,
            AdminEndpointTest::never,
            () -> null,
            Optional.empty(),
            executor));
  }

  private String scraped(MetricsFormat format) {
    return format == MetricsFormat.TEXT ? scrape.get() : "tarn_x 1\n# EOF\n";
  }

  private static Invalidation never(String reference) {
    throw new AssertionError(reference);
  }

  private static void awaitUnchecked(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private String get(String path) throws IOException {
    return exchange("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
  }

  private String exchange(String request) throws IOException {
    return read(send(request));
  }

  private Socket send(String request) throws IOException {
    Socket socket = new Socket(endpoint.address().getAddress(), endpoint.address().getPort());
    socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
    return socket;
  }

  /** Everything to the end of the connection, which the endpoint closes; empty after a reset. */
  private static String read(Socket socket) throws IOException {
    try (socket) {
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (java.net.SocketException _) {
      return "";
    }
  }
}
