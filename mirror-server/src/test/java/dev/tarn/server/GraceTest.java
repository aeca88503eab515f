package dev.tarn.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.server.config.Configuration;
import dev.tarn.server.config.ConfigurationLoader;
import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.Sample;
import dev.tarn.server.testing.ScriptedRequest;
import dev.tarn.server.testing.ScriptedUpstream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that restarts while its registry is away, and who may still have private content. */
class GraceTest {
  private static final String ENTITLED = "Basic bmFtZTpwYXNzd29yZA==";
  private static final String OTHER = "Basic b3RoZXI6cGFzc3dvcmQ=";
  private static final String CHALLENGE = "Basic realm=\"private\"";
  private static final Sample BLOB = Sample.blob(1, 300_000);
  private static final Sample MANIFEST = Sample.manifest(1);

  @TempDir private Path directory;
  private final ScriptedUpstream upstream = ScriptedUpstream.start();

  @AfterEach
  void stop() {
    upstream.close();
  }

  private Configuration configuration(String graceTime) {
    String yaml =
        """
        registry: {listen: '127.0.0.1:0'}
        admin: {listen: '127.0.0.1:0'}
        store: {path: '%s', minFree: 0%%, reserveFree: 0%%}
        access: {graceTime: %s}
        registries:
          example.com:
            upstreams: [{url: '%s'}]
        """
            .formatted(directory, graceTime, upstream.url());
    return ConfigurationLoader.parse(yaml, Map.of());
  }

  private static Reply answer(ScriptedRequest request, Sample sample) {
    return request.header("Authorization").filter(ENTITLED::equals).isPresent()
        ? sample.reply()
        : Reply.challenge(CHALLENGE);
  }

  private void pullThenStop() throws IOException, InterruptedException {
    upstream.on(BLOB.path(), request -> answer(request, BLOB));
    upstream.on(MANIFEST.path(), request -> answer(request, MANIFEST));
    try (Node node = Node.start(configuration("24h"), "test")) {
      assertThat(get(node, MANIFEST, "").statusCode()).isEqualTo(401);
      assertThat(get(node, MANIFEST, ENTITLED).body()).isEqualTo(MANIFEST.bytes());
      assertThat(get(node, BLOB, ENTITLED).body()).isEqualTo(BLOB.bytes());
      for (Sample sample : new Sample[] {BLOB, MANIFEST}) {
        String hex = sample.digest().hex();
        Path file = directory.resolve("blobs/sha256").resolve(hex.substring(0, 2)).resolve(hex);
        Awaitility.await().until(() -> Files.exists(file));
      }
    }
    upstream.close();
  }

  private static HttpResponse<byte[]> get(Node node, Sample sample, String authorization)
      throws IOException, InterruptedException {
    String base = "http://127.0.0.1:" + node.registryAddress().getPort();
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + sample.uri()));
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }
  }

  @Test
  void aNameAndAPasswordThatTheRegistryLetInOpenWhatIsHere() throws Exception {
    pullThenStop();

    try (Node node = Node.start(configuration("24h"), "test")) {
      for (Sample sample : new Sample[] {MANIFEST, BLOB}) {
        HttpResponse<byte[]> asked = get(node, sample, "");
        assertThat(asked.statusCode()).isEqualTo(401);
        assertThat(asked.headers().firstValue("WWW-Authenticate")).contains(CHALLENGE);
        assertThat(get(node, sample, OTHER).statusCode()).isEqualTo(502);
        assertThat(get(node, sample, ENTITLED).body()).isEqualTo(sample.bytes());
      }
    }
  }

  @Test
  void withAnotherSecretOfTheNodesNobodyIsKnown() throws Exception {
    pullThenStop();
    Files.delete(directory.resolve("credential-key"));

    try (Node node = Node.start(configuration("24h"), "test")) {
      assertThat(get(node, BLOB, ENTITLED).statusCode()).isEqualTo(502);
    }
  }
}
