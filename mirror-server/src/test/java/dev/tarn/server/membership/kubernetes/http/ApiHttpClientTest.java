package dev.tarn.server.membership.kubernetes.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tarn.server.net.Transport;
import dev.tarn.server.testing.RawServer;
import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.ScriptedUpstream;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.WebSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Against real sockets, without TLS; what is foreign to HTTP has tests of its own. */
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ApiHttpClientTest {
  private static final Duration SHORT = Duration.ofMillis(200);
  private static final Duration LONG = Duration.ofSeconds(15);
  private static final byte[] LARGE = new byte[8 << 20];

  /** More than one read brings, with what else arrived meanwhile. */
  private static final int MOST_AT_ONCE = 1 << 20;

  private final Transport transport = Transport.start(1);
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final ScriptedUpstream server = ScriptedUpstream.start();
  private HttpClient client = client(LONG);

  static {
    new Random(7).nextBytes(LARGE);
  }

  /** Keeps what comes; asks for more only where it is told to. */
  private static final class Pieces implements AsyncBody.Consumer<List<ByteBuffer>> {
    final List<Integer> sizes = new CopyOnWriteArrayList<>();
    final AtomicLong bytes = new AtomicLong();
    private volatile boolean greedy;

    Pieces(boolean greedy) {
      this.greedy = greedy;
    }

    @Override
    public void consume(List<ByteBuffer> piece, AsyncBody body) {
      int size = piece.stream().mapToInt(ByteBuffer::remaining).sum();
      bytes.addAndGet(size);
      sizes.add(size);
      if (greedy) {
        body.consume();
      }
    }
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
    executor.shutdownNow();
    transport.close();
  }

  @Test
  void anAnswerIsReadWhole() throws Exception {
    server.on("/list", Reply.blob(LARGE));

    HttpResponse<byte[]> answer = get("/list?limit=5&labelSelector=a%3Db");

    assertThat(answer.code()).isEqualTo(200);
    assertThat(answer.header("content-type")).isEqualTo("application/octet-stream");
    assertThat(answer.body()).isEqualTo(LARGE);
    assertThat(server.requests().getFirst().header("Host")).contains(server.authority());
    await().until(() -> server.openConnections() == 0);
  }

  @Test
  void whatTheRequestSaysAndWhoAsksIsSent() throws Exception {
    server.on("/list", Reply.json("{}"));

    client
        .sendAsync(request("/list").header("X-Word", "one").build(), byte[].class)
        .get(5, TimeUnit.SECONDS);

    assertThat(server.requests().getFirst().header("X-Word")).contains("one");
    assertThat(server.requests().getFirst().header("Authorization")).contains("Bearer secret");
  }

  @Test
  void aBodyMayBeChunkedOrEndWithItsConnection() throws Exception {
    server.on("/chunked", Reply.blob(LARGE).chunked());
    server.on("/close", Reply.blob(LARGE).endedByClose().thenClose());

    assertThat(get("/chunked").body()).isEqualTo(LARGE);
    assertThat(get("/close").body()).isEqualTo(LARGE);
  }

  @Test
  void eachAddressOfANameIsTried() throws Exception {
    server.on("/list", Reply.json("{}"));

    HttpRequest request =
        client.newHttpRequestBuilder().uri("http://localhost:" + server.port() + "/list").build();

    assertThat(client.sendAsync(request, byte[].class).get(5, TimeUnit.SECONDS).code())
        .isEqualTo(200);
  }

  @Test
  void anAnswerThatIsNoSuccessPassesThrough() throws Exception {
    server.on("/list", Reply.status(403));

    HttpResponse<byte[]> answer = get("/list");

    assertThat(answer.code()).isEqualTo(403);
    assertThat(new String(answer.body(), UTF_8)).contains("status 403");
  }

  @Test
  void whatComesBeforeTheAnswerIsPassedOver() throws Exception {
    try (RawServer raw =
        RawServer.answering(
            "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
                + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")) {
      HttpResponse<byte[]> answer = getFrom(raw.port());

      assertThat(answer.code()).isEqualTo(200);
      assertThat(answer.body()).asString(UTF_8).isEqualTo("ok");
    }
  }

  @Test
  void whatIsNotHttpIsRefused() throws Exception {
    try (RawServer raw = RawServer.answering("hello\r\n\r\n")) {
      assertThatThrownBy(() -> getFrom(raw.port()))
          .rootCause()
          .satisfies(e -> assertThat(e).isInstanceOf(IllegalArgumentException.class));
    }
  }

  @Test
  void piecesComeAsTheyAreAskedForAndNoFaster() throws Exception {
    server.on("/list", Reply.blob(LARGE));
    Pieces pieces = new Pieces(false);
    AsyncBody body = consume(request("/list").build(), pieces);

    assertThat(pieces.sizes).as("before it is asked for").isEmpty();
    body.consume();
    await().until(() -> pieces.sizes.size() == 1);
    await().during(SHORT).until(() -> pieces.sizes.size() == 1);
    assertThat(pieces.bytes.get()).isLessThan(MOST_AT_ONCE);
    assertThat(server.openConnections()).isOne();

    pieces.greedy = true;
    body.consume();
    body.done().get(10, TimeUnit.SECONDS);
    assertThat(pieces.bytes.get()).isEqualTo(LARGE.length);
    assertThat(pieces.sizes).allSatisfy(size -> assertThat(size).isLessThan(MOST_AT_ONCE));
  }

  @Test
  void aBodyThatIsCutIsNoBody() throws Exception {
    server.on("/length", Reply.blob(LARGE).truncatedAt(100_000));
    server.on("/chunked", Reply.blob(LARGE).chunked().truncatedAt(100_000));
    server.on("/reset", Reply.blob(LARGE).chunked().resetAt(100_000));

    for (String path : List.of("/length", "/chunked", "/reset")) {
      assertThatThrownBy(() -> get(path))
          .as(path)
          .hasCauseInstanceOf(IOException.class)
          .hasMessageContaining("within the answer");
    }
  }

  @Test
  void aConnectionThatEndsBeforeTheAnswerIsAFailure() {
    server.on("/list", Reply.closeWithoutAnswer());

    assertThatThrownBy(() -> get("/list"))
        .hasCauseInstanceOf(IOException.class)
        .hasMessageContaining("ended before an answer");
  }

  @Test
  void aServerThatIsNotThereIsNamed() throws IOException {
    int port;
    try (ServerSocket closed = new ServerSocket(0)) {
      port = closed.getLocalPort();
    }

    assertThatThrownBy(() -> getFrom(port))
        .hasCauseInstanceOf(IOException.class)
        .hasMessageContaining("cannot connect to /127.0.0.1:" + port)
        .hasMessageContaining("refused");
  }

  @Test
  void anUnknownNameIsNamed() {
    HttpRequest request = client.newHttpRequestBuilder().uri("http://nowhere.invalid/list").build();

    assertThatThrownBy(() -> client.sendAsync(request, byte[].class).get(15, TimeUnit.SECONDS))
        .hasMessageContaining("unknown host nowhere.invalid");
  }

  @Test
  void whoDoesNotAcceptIsNotWaitedForLong() throws Exception {
    // Connections beyond the backlog stay unanswered.
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      List<SocketChannel> others = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        SocketChannel other = SocketChannel.open();
        other.configureBlocking(false);
        other.connect(new InetSocketAddress(full.getInetAddress(), full.getLocalPort()));
        others.add(other);
      }

      assertThatThrownBy(() -> getFrom(full.getLocalPort()))
          .hasMessageContaining("cannot connect to")
          .hasMessageContaining("timed out");

      for (SocketChannel other : others) {
        other.close();
      }
    }
  }

  @Test
  void anAnswerThatDoesNotBeginIsNotWaitedForLong() {
    server.on("/list", Reply.hang());
    client = client(SHORT);

    assertThatThrownBy(() -> get("/list")).hasMessageContaining("no answer within 200 ms");
  }

  @Test
  void aListThatStallsIsNotWaitedForLong() {
    server.on("/list", Reply.blob(LARGE).stalledAt(100_000));
    client = client(SHORT);

    assertThatThrownBy(() -> get("/list"))
        .hasMessageContaining("no more of the answer within 200 ms");
  }

  @Test
  void aStreamMayBeSilent() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    server.on("/watch", Reply.blob(new byte[200]).chunked().heldAt(100, gate));
    client = client(SHORT);
    Pieces pieces = new Pieces(true);
    AsyncBody body = consume(request("/watch").forStreaming().build(), pieces);
    body.consume();
    await().until(() -> pieces.bytes.get() == 100);

    await().during(SHORT.multipliedBy(2)).until(() -> !body.done().isDone());
    gate.countDown();

    body.done().get(5, TimeUnit.SECONDS);
    assertThat(pieces.bytes.get()).isEqualTo(200);
  }

  @Test
  void aBodyThatIsNotWantedClosesItsConnection() throws Exception {
    server.on("/watch", Reply.blob(LARGE).chunked().dripping(10, Duration.ofMillis(5)));
    Pieces pieces = new Pieces(true);
    AsyncBody body = consume(request("/watch").forStreaming().build(), pieces);
    body.consume();
    await().until(() -> !pieces.sizes.isEmpty());

    body.cancel();

    assertThat(body.done()).isCancelled();
    await().until(() -> server.openConnections() == 0);
  }

  @Test
  void aConsumerThatFailsEndsTheBody() throws Exception {
    server.on("/watch", Reply.blob(LARGE).chunked().dripping(10, Duration.ofMillis(5)));
    AsyncBody body =
        consume(
            request("/watch").forStreaming().build(),
            (_, _) -> {
              throw new IOException("not for me");
            });

    body.consume();

    assertThatThrownBy(() -> body.done().get(5, TimeUnit.SECONDS)).hasMessageContaining("for me");
    await().until(() -> server.openConnections() == 0);
  }

  @Test
  void aClientThatIsClosedEndsWhatIsUnderWayAndBeginsNothing() throws Exception {
    server.on("/watch", Reply.blob(LARGE).chunked().dripping(10, Duration.ofMillis(5)));
    AsyncBody body = consume(request("/watch").forStreaming().build(), new Pieces(true));
    body.consume();

    client.newBuilder().build().close();

    assertThatThrownBy(() -> body.done().get(5, TimeUnit.SECONDS)).hasMessageContaining("closed");
    await().until(() -> server.openConnections() == 0);
    assertThat(client.isClosed()).isTrue();
    assertThatThrownBy(() -> get("/watch")).hasMessageContaining("closed");
    assertThat(server.connections()).isOne();
  }

  @Test
  void whatAnInformerHasNoUseForIsRefusedInWords() {
    HttpRequest post =
        client
            .newHttpRequestBuilder()
            .uri(server.url() + "/list")
            .post("text/plain", "a".getBytes(UTF_8))
            .build();

    assertThatThrownBy(() -> client.sendAsync(post, byte[].class).get(5, TimeUnit.SECONDS))
        .hasMessageContaining("requests with a body");
    assertThatThrownBy(
            () ->
                client
                    .newWebSocketBuilder()
                    .uri(request("/watch").build().uri())
                    .buildAsync(new WebSocket.Listener() {})
                    .get(5, TimeUnit.SECONDS))
        .hasMessageContaining("no WebSockets");
  }

  private HttpClient client(Duration patience) {
    Config config =
        new ConfigBuilder(Config.empty())
            .withMasterUrl(server.url())
            .withOauthTokenProvider(() -> "secret")
            .withConnectionTimeout((int) SHORT.toMillis())
            .withRequestTimeout((int) patience.toMillis())
            .withRequestRetryBackoffLimit(0)
            .build();
    return new ApiHttpFactory(transport, executor, Optional.empty()).newBuilder(config).build();
  }

  private HttpRequest.Builder request(String path) {
    return client.newHttpRequestBuilder().uri(server.url() + path);
  }

  private HttpResponse<byte[]> get(String path) throws Exception {
    return client.sendAsync(request(path).build(), byte[].class).get(10, TimeUnit.SECONDS);
  }

  private HttpResponse<byte[]> getFrom(int port) throws Exception {
    HttpRequest request =
        client.newHttpRequestBuilder().uri("http://127.0.0.1:" + port + "/").build();
    return client.sendAsync(request, byte[].class).get(10, TimeUnit.SECONDS);
  }

  private AsyncBody consume(HttpRequest request, AsyncBody.Consumer<List<ByteBuffer>> consumer)
      throws Exception {
    CompletableFuture<HttpResponse<AsyncBody>> answer = client.consumeBytes(request, consumer);
    return answer.get(5, TimeUnit.SECONDS).body();
  }
}
