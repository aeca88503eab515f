package dev.tarn.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.server.config.Configuration;
import dev.tarn.server.config.ConfigurationLoader;
import dev.tarn.server.config.ConfigurationPrinter;
import dev.tarn.server.testing.LogCapture;
import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.Sample;
import dev.tarn.server.testing.ScriptedRequest;
import dev.tarn.server.testing.ScriptedUpstream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole node through which a client gets its tokens, as containerd does it. */
class RelayedTokensTest {
  private static final Sample BLOB = Sample.blob(1, 300_000);
  private static final Sample MANIFEST = Sample.manifest(1);
  private static final Pattern REALM = Pattern.compile("realm=\"([^\"]*)\"");
  private static final Pattern TOKEN = Pattern.compile("\"access_token\":\"([^\"]*)\"");

  @TempDir private Path directory;
  private final LogCapture log = new LogCapture();
  private final ScriptedUpstream upstream = ScriptedUpstream.start();

  @AfterEach
  void stop() {
    upstream.close();
    log.close();
  }

  private Configuration configuration(boolean tokenRelay) {
    String yaml =
        """
        registry: {listen: '127.0.0.1:0'}
        admin: {listen: '127.0.0.1:0'}
        store: {path: '%s', minFree: 0%%, reserveFree: 0%%}
        registries:
          example.com:
            upstreams: [{url: '%s'}]
            tokenRelay: %s
        """
            .formatted(directory, upstream.url(), tokenRelay);
    return ConfigurationLoader.parse(yaml, Map.of());
  }

  private void registryAndRealm() {
    for (Sample sample : List.of(BLOB, MANIFEST)) {
      upstream.on(sample.path(), request -> answer(request, sample));
    }
    upstream.on(
        "/token",
        request ->
            request.body().contains("username=alice&password=s3cr3t")
                ? Reply.json("{\"access_token\":\"of-the-realm\",\"expires_in\":300}")
                : Reply.status(401));
  }

  private Reply answer(ScriptedRequest request, Sample sample) {
    return request.header("Authorization").filter("Bearer of-the-realm"::equals).isPresent()
        ? sample.reply()
        : Reply.bearer(upstream.url() + "/token", "library/app");
  }

  private static String form(String password) {
    return "grant_type=password&service=scripted&username=alice&password=" + password;
  }

  private static HttpResponse<byte[]> get(InetSocketAddress node, String uri, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.getPort() + uri));
    return send(headers.length == 0 ? request : request.headers(headers));
  }

  private static HttpResponse<byte[]> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }
  }

  private static String found(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    assertThat(matcher.find()).as(text).isTrue();
    return matcher.group(1);
  }

  private static HttpResponse<byte[]> askForToken(String challenge, String password)
      throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(URI.create(found(REALM, challenge)))
            .header("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
            .POST(HttpRequest.BodyPublishers.ofString(form(password))));
  }

  /** Pulls as containerd does: asks, is challenged, gets a token where it was sent to. */
  private static byte[] pull(Node node, Sample sample) throws IOException, InterruptedException {
    HttpResponse<byte[]> asked = get(node.registryAddress(), sample.uri());
    assertThat(asked.statusCode()).isEqualTo(401);
    String challenge = asked.headers().firstValue("WWW-Authenticate").orElseThrow();
    assertThat(challenge)
        .startsWith(
            "Bearer realm=\"http://127.0.0.1:" + node.registryAddress().getPort() + "/tarn/token/");
    HttpResponse<byte[]> granted = askForToken(challenge, "s3cr3t");
    assertThat(granted.statusCode()).isEqualTo(200);
    String token = found(TOKEN, new String(granted.body(), StandardCharsets.UTF_8));
    return get(node.registryAddress(), sample.uri(), "Authorization", "Bearer " + token).body();
  }

  @Test
  void aPrivateImageOutlivesRegistryRealmAndARestartForWhomItWasOpenTo() throws Exception {
    registryAndRealm();
    String heldToken;
    try (Node node = Node.start(configuration(true), "test")) {
      for (Sample sample : List.of(MANIFEST, BLOB)) {
        assertThat(pull(node, sample)).isEqualTo(sample.bytes());
        String hex = sample.digest().hex();
        Path file = directory.resolve("blobs/sha256").resolve(hex.substring(0, 2)).resolve(hex);
        Awaitility.await().until(() -> Files.exists(file));
      }
      upstream.close();
      String challenge =
          get(node.registryAddress(), BLOB.uri())
              .headers()
              .firstValue("WWW-Authenticate")
              .orElseThrow();
      HttpResponse<byte[]> granted = askForToken(challenge, "s3cr3t");
      heldToken = found(TOKEN, new String(granted.body(), StandardCharsets.UTF_8));
      assertThat(heldToken).startsWith("tarn-local.");
    }

    String metrics;
    try (Node node = Node.start(configuration(true), "test")) {
      for (Sample sample : List.of(MANIFEST, BLOB)) {
        assertThat(pull(node, sample)).isEqualTo(sample.bytes());
        HttpResponse<byte[]> old =
            get(node.registryAddress(), sample.uri(), "Authorization", "Bearer " + heldToken);
        assertThat(old.statusCode()).isEqualTo(401);
        String challenge = old.headers().firstValue("WWW-Authenticate").orElseThrow();
        assertThat(challenge).contains("error=\"invalid_token\"");
        assertThat(askForToken(challenge, "guess").statusCode()).isEqualTo(502);
      }
      metrics = new String(get(node.adminAddress(), "/metrics").body(), StandardCharsets.UTF_8);
    }
    assertThat(metrics).contains("kind=\"token\"");
    assertThat(log.events().toString() + metrics + ConfigurationPrinter.toYaml(configuration(true)))
        .doesNotContain("s3cr3t", "tarn-local", "of-the-realm");
  }

  @Test
  void withoutTheOptionNoTokenIsGotThroughTheNode() throws Exception {
    registryAndRealm();
    String named;
    try (Node node = Node.start(configuration(true), "test")) {
      named =
          found(
              REALM,
              get(node.registryAddress(), BLOB.uri())
                  .headers()
                  .firstValue("WWW-Authenticate")
                  .orElseThrow());
    }
    try (Node node = Node.start(configuration(false), "test")) {
      HttpResponse<byte[]> asked = get(node.registryAddress(), BLOB.uri());
      assertThat(asked.headers().firstValue("WWW-Authenticate").orElseThrow())
          .isEqualTo(
              "Bearer realm=\""
                  + upstream.url()
                  + "/token\",service=\"scripted\",scope=\"repository:library/app:pull\"");
      String path = URI.create(named).getPath();
      assertThat(get(node.registryAddress(), path).statusCode()).isEqualTo(404);
      URI uri = URI.create("http://127.0.0.1:" + node.registryAddress().getPort() + path);
      assertThat(
              send(HttpRequest.newBuilder(uri)
                      .POST(HttpRequest.BodyPublishers.ofString(form("s3cr3t"))))
                  .statusCode())
          .isEqualTo(405);
    }
    assertThat(upstream.requests().toString()).doesNotContain("s3cr3t");
  }
}
