package dev.tarn.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.server.admin.Invalidation.KnownTag;
import dev.tarn.server.admin.Invalidation.Reason;
import dev.tarn.server.testing.RawClient;
import dev.tarn.server.testing.RawClient.Response;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who has a node act shows the token; nobody else learns anything. */
@Timeout(30)
class AdminApiTest {
  private static final String TOKEN = "correct-horse-battery";
  private static final String BEARER = "Authorization: Bearer " + TOKEN;
  private static final String PATH = "/api/v1/invalidate";
  private static final String URI = PATH + "?reference=docker.io/library/nginx:1.27";
  private static final String NGINX = "docker.io/library/nginx:1.27";
  private static final KnownTag KNOWN =
      new KnownTag("1.27", "sha256:abc", Instant.parse("2026-03-01T12:00:00Z"));

  @TempDir private Path directory;
  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
  private volatile boolean ready = true;
  private volatile @Nullable Overview overview = new FixedOverview("{}\n");
  private volatile Function<String, Invalidation> answer =
      reference -> new Invalidation.Done(reference, List.of(KNOWN));
  private Path file;
  private AdminEndpoint endpoint;

  @BeforeEach
  void start() throws IOException {
    file = Files.writeString(directory.resolve("token"), TOKEN + "\n");
    endpoint = start(Optional.of(file));
  }

  private AdminEndpoint start(Optional<Path> tokenFile) throws IOException {
    return AdminEndpoint.start(
        group,
        NioServerSocketChannel.class,
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        new AdminEndpoint.Answers(
            () -> ready,
            _ -> "tarn_x 1\n",
            reference -> {
              asked.add(reference);
              return answer.apply(reference);
            },
            () -> overview,
            tokenFile,
            executor));
  }

  @AfterEach
  void stop() {
    endpoint.close();
    executor.close();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  private Response post(String uri, String... headers) throws IOException {
    return RawClient.send(endpoint.address(), "POST", uri, headers);
  }

  @Test
  void whoShowsTheTokenIsTold() throws IOException {
    Response response = post(URI, BEARER);

    assertThat(response.status()).isEqualTo(200);
    assertThat(response.header("Content-Type")).isEqualTo("application/json");
    assertThat(response.header("Cache-Control")).isEqualTo("no-store");
    assertThat(response.text())
        .isEqualTo(
            """
            {"reference":"docker.io/library/nginx:1.27","count":1,"tags":[{"tag":"1.27",\
            "digest":"sha256:abc","checked":"2026-03-01T12:00:00Z"}]}
            """);
    assertThat(asked).containsExactly(NGINX);
  }

  @Test
  void theStatusIsForEverybodyOnceThereIsOne() throws IOException {
    overview = null;
    assertThat(RawClient.get(endpoint.address(), "/api/v1/status").status()).isEqualTo(503);

    overview = new FixedOverview("{\"verdict\":\"fine\"}\n");
    assertThat(RawClient.get(endpoint.address(), "/api/v1/status").text()).contains("fine");
    assertThat(RawClient.send(endpoint.address(), "HEAD", "/api/v1/status").status())
        .isEqualTo(200);
  }

  @Test
  void namesAreForWhoShowsTheToken() throws IOException {
    assertThat(RawClient.get(endpoint.address(), "/api/v1/transfers").text()).contains("false");
    assertThat(RawClient.get(endpoint.address(), "/api/v1/transfers", BEARER).text())
        .contains("true");
    assertThat(RawClient.get(endpoint.address(), "/api/v1/images").status()).isEqualTo(401);
    assertThat(RawClient.get(endpoint.address(), "/api/v1/images", BEARER).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"status", "cluster", "transfers", "images"})
  void aWrongTokenIsRefusedEverywhere(String path) throws IOException {
    Response response =
        RawClient.get(endpoint.address(), "/api/v1/" + path, "Authorization: Bearer wrong");

    assertThat(response.status()).isEqualTo(401);
    assertThat(response.header("WWW-Authenticate")).startsWith("Bearer");
  }

  @Test
  void whereThereIsNoTokenWhatNeedsNoneIsToldAllTheSame() throws IOException {
    endpoint.close();
    endpoint = start(Optional.empty());

    assertThat(RawClient.get(endpoint.address(), "/api/v1/transfers", BEARER).text())
        .contains("false");
    assertThat(RawClient.get(endpoint.address(), "/api/v1/images", BEARER).status()).isEqualTo(403);
  }

  @Test
  void withoutATokenConfiguredNobodyMayAndIsToldWhy() throws IOException {
    endpoint.close();
    endpoint = start(Optional.empty());

    Response response = post(URI, BEARER);

    assertThat(response.status()).isEqualTo(403);
    assertThat(response.text()).contains("\"error\":\"disabled\"", "set admin.tokenFile");
    assertThat(post(URI, "Authorization: Bearer").status()).isEqualTo(403);
    assertThat(asked).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X: y",
        "Authorization: Bearer",
        "Authorization: Bearer ",
        "Authorization: correct-horse-battery",
        "Authorization: Basic correct-horse-battery",
        "Authorization: Bearer correct-horse-batter",
        "Authorization: Bearer correct-horse-battery1",
        "Authorization: Bearer Correct-horse-battery",
        "Authorization: Bearer correct-horse-battery correct-horse-battery",
        "Authorization: Bearer correct-horse-batterz",
      })
  void whoShowsNoneOrAnotherIsRefusedAndLearnsNothing(String header) throws IOException {
    for (String uri : List.of(URI, PATH, PATH + "?reference=%", PATH + "?x=y")) {
      Response response = post(uri, header);

      assertThat(response.status()).isEqualTo(401);
      assertThat(response.header("WWW-Authenticate")).isEqualTo("Bearer realm=\"tarn admin\"");
      assertThat(response.text()).contains("\"error\":\"unauthorized\"").doesNotContain(TOKEN);
    }
    assertThat(asked).isEmpty();
  }

  @Test
  void theTokenMayBeChangedOrTakenAwayWhileTheNodeRuns() throws IOException {
    Files.writeString(file, "another-token-of-16");
    assertThat(post(URI, BEARER).status()).isEqualTo(401);
    assertThat(post(URI, "Authorization: bearer another-token-of-16").status()).isEqualTo(200);

    Files.delete(file);
    Response gone = post(URI, "Authorization: Bearer another-token-of-16");
    assertThat(gone.status()).isEqualTo(403);
    assertThat(gone.text()).contains("\"error\":\"token_unusable\"").doesNotContain("token-of");
    assertThat(asked).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " \n", "short", "fifteen-letters", "two words of some length"})
  void aTokenThatIsNoneOpensNothing(String token) throws IOException {
    Files.writeString(file, token);

    assertThat(post(URI, "Authorization: Bearer " + token.strip()).status()).isEqualTo(403);
    assertThat(post(URI, "Authorization: Bearer ").status()).isEqualTo(403);
    assertThat(post(URI).status()).isEqualTo(403);
    assertThat(asked).isEmpty();
  }

  @Test
  void aFileThatIsTooLargeOrNoFileOpensNothing() throws IOException {
    Files.writeString(file, "a".repeat(4097));
    assertThat(post(URI, "Authorization: Bearer " + "a".repeat(4097)).status()).isEqualTo(403);
    Files.delete(file);
    Files.createDirectory(file);
    assertThat(post(URI, BEARER).status()).isEqualTo(403);
    assertThat(asked).isEmpty();
  }

  @Test
  void aNodeThatIsNotReadyIsNotAsked() throws IOException {
    ready = false;

    assertThat(post(URI, BEARER).status()).isEqualTo(503);
    assertThat(asked).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "?",
        "?ref=nginx",
        "?reference=a&reference=b",
        "?reference=a&force=1",
        "?reference=%",
        "?reference=%zz",
        "?a&b&c&d&e&f&g&h&reference=nginx",
      })
  void oneParameterIsExpected(String query) throws IOException {
    Response response = post(PATH + query, BEARER);

    assertThat(response.status()).isEqualTo(400);
    assertThat(response.text()).contains("\"error\":\"malformed\"");
    assertThat(asked).isEmpty();
  }

  @Test
  void aReferenceMayBePercentEncoded() throws IOException {
    assertThat(post(PATH + "?reference=%5B%3A%3A1%5D%3A5000%2Fapp%40x", BEARER).status())
        .isEqualTo(200);
    assertThat(asked).containsExactly("[::1]:5000/app@x");
  }

  @ParameterizedTest
  @CsvSource({"MALFORMED, 400", "DIGEST, 400", "NOT_MIRRORED, 422"})
  void whyNothingWasDoneIsSaid(Reason reason, int status) throws IOException {
    answer = reference -> new Invalidation.Refused(reason, "because of \"this\"");

    Response response = post(URI, BEARER);

    assertThat(response.status()).isEqualTo(status);
    assertThat(response.text())
        .isEqualTo(
            "{\"error\":\""
                + reason.name().toLowerCase(Locale.ROOT)
                + "\",\"message\":\"because of \\\"this\\\"\"}\n");
  }

  @Test
  void whatFailsIsAnError() throws IOException {
    answer = reference -> new Invalidation.Failed("the disk");
    assertThat(post(URI, BEARER).status()).isEqualTo(500);
    answer =
        reference -> {
          throw new IllegalStateException("a secret of the code");
        };
    Response response = post(URI, BEARER);
    assertThat(response.status()).isEqualTo(500);
    assertThat(response.text()).doesNotContain("secret");
  }

  @Test
  void manyTagsAreCountedAndTheFirstOfThemListed() throws IOException {
    answer =
        reference ->
            new Invalidation.Done(
                reference, IntStream.range(0, 1500).mapToObj(i -> KNOWN).toList());

    String text = post(URI, BEARER).text();

    assertThat(text).contains("\"count\":1500");
    assertThat(text.split("sha256:abc", -1)).hasSize(1001);
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /api/v1/invalidate, 405",
    "PUT, /api/v1/invalidate, 405",
    "HEAD, /api/v1/invalidate, 405",
    "DELETE, /api/v1/invalidate, 405",
    "post, /api/v1/invalidate, 405",
    "POST, /api/v1/invalidate/, 404",
    "POST, /api/v1/, 404",
    "POST, //api/v1/invalidate, 404",
    "POST, /api/v1/%69nvalidate, 404",
    "POST, /api/v1/x/../invalidate, 404",
  })
  void onlyAPostToThisVeryPathCounts(String method, String path, int status) throws IOException {
    Response response =
        RawClient.send(endpoint.address(), method, path + "?reference=nginx", BEARER);

    assertThat(response.status()).isEqualTo(status);
    assertThat(response.header("Allow")).isEqualTo(status == 405 ? "POST" : "");
    assertThat(asked).isEmpty();
  }

  @Test
  void callsBeyondFourAtATimeAreRefusedAndHealthIsAnswered() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch hanging = new CountDownLatch(4);
    answer =
        reference -> {
          hanging.countDown();
          awaitUnchecked(release);
          return new Invalidation.Done(reference, List.of());
        };
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 4; i++) {
        clients.submit(() -> post(URI, BEARER));
      }
      assertThat(hanging.await(10, TimeUnit.SECONDS)).isTrue();

      assertThat(post(URI, BEARER).status()).isEqualTo(503);
      assertThat(RawClient.get(endpoint.address(), "/healthz").status()).isEqualTo(200);
      assertThat(RawClient.get(endpoint.address(), "/metrics").status()).isEqualTo(200);
      release.countDown();
    }
  }

  private static void awaitUnchecked(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
