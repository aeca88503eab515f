package dev.tarn.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.server.testing.RawClient;
import dev.tarn.server.testing.RawClient.Response;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The page is the node's own, small, and can reach nobody else. */
class AdminPageTest {
  private static final int MAX_BYTES = 40 * 1024;
  private static final List<String> PARTS = List.of("/", "/page.css", "/page.js", "/icon.svg");

  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private AdminEndpoint endpoint;

  @BeforeEach
  void start() throws IOException {
    endpoint =
        AdminEndpoint.start(
            group,
            NioServerSocketChannel.class,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            new AdminEndpoint.Answers(
                () -> false,
                _ -> "",
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

  private Response get(String path) throws IOException {
    return RawClient.get(endpoint.address(), path);
  }

  @ParameterizedTest
  @CsvSource({
    "/, text/html; charset=utf-8",
    "/page.css, text/css; charset=utf-8",
    "/page.js, text/javascript; charset=utf-8",
    "/icon.svg, image/svg+xml"
  })
  void eachPartIsThereBeforeTheNodeIsReady(String path, String type) throws IOException {
    Response response = get(path);

    assertThat(response.status()).isEqualTo(200);
    assertThat(response.header("Content-Type")).isEqualTo(type);
    assertThat(response.header("Cache-Control")).isEqualTo("no-store");
    assertThat(response.header("X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(response.header("Content-Security-Policy"))
        .startsWith("default-src 'none';")
        .contains("connect-src 'self'", "frame-ancestors 'none'")
        .doesNotContain("unsafe", "http");
  }

  @Test
  void itIsSmall() throws IOException {
    int bytes = 0;
    for (String part : PARTS) {
      bytes += get(part).body().length;
    }
    assertThat(bytes).isLessThan(MAX_BYTES);
  }

  /** What the policy would block, so that a browser's console stays empty. */
  @Test
  void nothingIsInlineOrFromElsewhere() throws IOException {
    String html = get("/").text();
    assertThat(html).doesNotContain("<style", "style=", "javascript:", "http:", "https:", "//");
    assertThat(Pattern.compile("\\son[a-z]+=").matcher(html).find()).isFalse();
    assertThat(Pattern.compile("<script(?! src=)").matcher(html).find()).isFalse();
    assertThat(get("/page.css").text()).doesNotContain("url(", "@import");
    assertThat(get("/page.js").text())
        .doesNotContain(
            "innerHTML", "outerHTML", "insertAdjacent", "eval(", "localStorage", "http");
  }

  /** The script's words for parts of the page are parts of it. */
  @Test
  void theScriptFindsWhatItFills() throws IOException {
    String html = get("/").text();
    assertThat(
            Pattern.compile("(?:\\$|text)\\('([a-z-]+)'")
                .matcher(get("/page.js").text())
                .results()
                .map(use -> use.group(1)))
        .hasSizeGreaterThan(20)
        .allSatisfy(id -> assertThat(html).contains("id=\"" + id + "\""));
  }

  @Test
  void whatItIsMadeOfHasNames() throws IOException {
    String html = get("/").text();
    assertThat(html).contains("<html lang=\"en\">", "<main>", "<h1>", "<label for=\"token\">");
    assertThat(html.split("aria-live=", -1)).as("only the verdict is read aloud").hasSize(2);
    for (String part : html.split("<section ", -1)) {
      if (part.contains("</section>")) {
        assertThat(part).contains("aria-labelledby=");
      }
    }
  }

  @Test
  void itIsOnlyRead() throws IOException {
    Response response = RawClient.send(endpoint.address(), "POST", "/");

    assertThat(response.status()).isEqualTo(405);
    assertThat(response.header("Allow")).isEqualTo("GET, HEAD");
    assertThat(new String(get("/x").body(), StandardCharsets.UTF_8)).isEqualTo("not found\n");
  }
}
