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
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole node with credentials of its own, from the configuration file to the registry. */
class OwnCredentialsTest {
  private static final Sample MANIFEST = Sample.manifest(1);
  private static final Sample BLOB = Sample.blob(1, 300_000);
  private static final String PASSWORD = "s3cr3t-of-the-node";
  private static final String BASE64 =
      Base64.getEncoder().encodeToString(("robot:" + PASSWORD).getBytes(StandardCharsets.UTF_8));

  @TempDir Path directory;
  private final LogCapture log = new LogCapture();
  private final ScriptedUpstream upstream = ScriptedUpstream.start();

  @BeforeEach
  void aRegistryThatLetsTheNodeIn() {
    upstream.on(MANIFEST.path(), request -> answer(request, MANIFEST));
    upstream.on(BLOB.path(), request -> answer(request, BLOB));
    upstream.on(
        "/token",
        request ->
            request.header("Authorization").filter(("Basic " + BASE64)::equals).isPresent()
                ? Reply.token("issued-to-the-node", 300)
                : Reply.status(401));
  }

  @AfterEach
  void end() {
    upstream.close();
    log.close();
  }

  private Reply answer(ScriptedRequest request, Sample sample) {
    return request.header("Authorization").filter("Bearer issued-to-the-node"::equals).isPresent()
        ? sample.reply()
        : Reply.bearer(upstream.url() + "/token", "library/app");
  }

  private Configuration configuration(boolean shared) throws IOException {
    Path secret =
        Files.writeString(
            directory.resolve(".dockerconfigjson"),
            "{\"auths\":{\"example.com/library\":{\"auth\":\"" + BASE64 + "\"}}}");
    String yaml =
        """
        registry: {listen: '127.0.0.1:0'}
        admin: {listen: '127.0.0.1:0'}
        store: {path: '%s', minFree: 0%%, reserveFree: 0%%}
        registries:
          example.com:
            upstreams: [{url: '%s'}]
            credentials: {dockerConfig: '%s'}
            shared: %s
        """
            .formatted(directory.resolve("store"), upstream.url(), secret, shared);
    return ConfigurationLoader.parse(yaml, Map.of());
  }

  private static HttpResponse<byte[]> get(InetSocketAddress address, String uri)
      throws IOException, InterruptedException {
    return get(address, uri, "");
  }

  private static HttpResponse<byte[]> get(
      InetSocketAddress address, String uri, String authorization)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + address.getPort() + uri));
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }
  }

  @Test
  void whereTheRegistryIsSharedAnybodyIsServedAndNothingOfTheCredentialIsLeftAnywhere()
      throws Exception {
    Configuration configuration = configuration(true);
    String metrics;
    try (Node node = Node.start(configuration, "test")) {
      assertThat(get(node.registryAddress(), MANIFEST.uri()).body()).isEqualTo(MANIFEST.bytes());
      assertThat(get(node.registryAddress(), BLOB.uri()).body()).isEqualTo(BLOB.bytes());
      Awaitility.await()
          .until(() -> log.events().stream().anyMatch(e -> e.contains("credentials_loaded")));
      metrics = new String(get(node.adminAddress(), "/metrics").body(), StandardCharsets.UTF_8);
    }

    assertThat(upstream.count("GET", "/token")).isEqualTo(1);
    List<String> secrets = List.of(PASSWORD, BASE64, "issued-to-the-node");
    assertThat(log.events().toString() + metrics + ConfigurationPrinter.toYaml(configuration))
        .doesNotContain(secrets);
    try (Stream<Path> files = Files.walk(directory.resolve("store"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).doesNotContain(secrets);
      }
    }
  }

  @Test
  void whereTheRegistryIsSharedWhatIsHereIsServedToAnybodyWhileItIsAway() throws Exception {
    try (Node node = Node.start(configuration(true), "test")) {
      assertThat(get(node.registryAddress(), MANIFEST.uri()).statusCode()).isEqualTo(200);
      assertThat(get(node.registryAddress(), BLOB.uri()).statusCode()).isEqualTo(200);
      upstream.close();

      assertThat(get(node.registryAddress(), MANIFEST.uri()).body()).isEqualTo(MANIFEST.bytes());
      assertThat(get(node.registryAddress(), BLOB.uri()).body()).isEqualTo(BLOB.bytes());
    }
    try (Node node = Node.start(configuration(false), "test")) {
      assertThat(get(node.registryAddress(), BLOB.uri()).statusCode())
          .as("no longer shared")
          .isEqualTo(502);
    }
  }

  @Test
  void whereItIsNotSharedAClientIsChallengedAndTheCredentialStaysUnused() throws Exception {
    try (Node node = Node.start(configuration(false), "test")) {
      HttpResponse<byte[]> answer = get(node.registryAddress(), MANIFEST.uri());

      assertThat(answer.statusCode()).isEqualTo(401);
      assertThat(answer.headers().firstValue("WWW-Authenticate").orElse(""))
          .contains(upstream.url() + "/token");
    }
    assertThat(upstream.requests())
        .allSatisfy(request -> assertThat(request.headers().toString()).doesNotContain(BASE64));
  }

  @Test
  void whereItIsNotSharedTheNodesOwnRightOpensNothingToAnybody() throws Exception {
    String client = "Bearer issued-to-a-client";
    String refused = "Bearer issued-to-somebody-else";
    for (Sample sample : List.of(MANIFEST, BLOB)) {
      upstream.on(
          sample.path(),
          request ->
              request.header("Authorization").filter(client::equals).isPresent()
                  ? sample.reply()
                  : request.header("Authorization").filter(refused::equals).isPresent()
                      ? Reply.status(403)
                      : answer(request, sample));
    }
    try (Node node = Node.start(configuration(false), "test")) {
      for (Sample sample : List.of(MANIFEST, BLOB)) {
        assertThat(get(node.registryAddress(), sample.uri()).statusCode()).isEqualTo(401);
        assertThat(get(node.registryAddress(), sample.uri(), client).body())
            .isEqualTo(sample.bytes());
        String hex = sample.digest().hex();
        Path file = directory.resolve("store/blobs/sha256");
        Awaitility.await()
            .until(() -> Files.exists(file.resolve(hex.substring(0, 2)).resolve(hex)));
      }
      for (Sample sample : List.of(MANIFEST, BLOB)) {
        assertThat(get(node.registryAddress(), sample.uri()).statusCode()).isEqualTo(401);
        assertThat(get(node.registryAddress(), sample.uri(), refused).statusCode()).isEqualTo(403);
        assertThat(get(node.registryAddress(), sample.uri(), "Basic eDp5").statusCode())
            .isEqualTo(401);
      }
      upstream.close();
      for (Sample sample : List.of(MANIFEST, BLOB)) {
        assertThat(get(node.registryAddress(), sample.uri()).statusCode()).isEqualTo(401);
        // What the registry refused is not asked again for some seconds.
        assertThat(get(node.registryAddress(), sample.uri(), refused).statusCode()).isIn(403, 502);
        assertThat(get(node.registryAddress(), sample.uri(), client).body())
            .isEqualTo(sample.bytes());
      }
    }
    assertThat(upstream.requests().toString()).doesNotContain(BASE64, "issued-to-the-node");
  }
}
