package dev.tarn.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tarn.server.config.ConfigurationLoader;
import dev.tarn.server.testing.RawClient;
import dev.tarn.server.testing.RawClient.Response;
import dev.tarn.server.testing.Sample;
import dev.tarn.server.testing.ScriptedAgent;
import dev.tarn.server.testing.ScriptedUpstream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a whole node tells at its admin endpoint. */
class StatusOfANodeTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TOKEN = "correct-horse-battery";
  private static final Sample MANIFEST = Sample.manifest(1);
  private static final String TAG = Sample.tagPath("v1");

  @TempDir Path directory;
  @TempDir Path shared;
  private final ScriptedUpstream upstream = ScriptedUpstream.start();

  @AfterEach
  void end() {
    upstream.close();
  }

  private Node start(String more) throws IOException {
    Path token = Files.writeString(directory.resolve("token"), TOKEN);
    String yaml =
        """
        registry: {listen: '127.0.0.1:0'}
        admin: {listen: '127.0.0.1:0', tokenFile: '%s'}
        store: {path: '%s', minFree: 0%%, reserveFree: 0%%}
        upstream: {retries: 0}
        peers: {node: node-7}
        shutdown: {agentTimeout: 0s, drainTimeout: 0s}
        %s
        registries:
          example.com: {upstreams: [{url: '%s'}]}
        """
            .formatted(token, directory.resolve("store"), more, upstream.url());
    return Node.start(ConfigurationLoader.parse(yaml, Map.of()), "1.2.3");
  }

  private static Response get(Node node, String path, String... headers) throws IOException {
    return RawClient.get(node.adminAddress(), path, headers);
  }

  private static JsonNode status(Node node) throws IOException {
    Response response = get(node, "/api/v1/status");
    assertThat(response.status()).isEqualTo(200);
    return JSON.readTree(response.text());
  }

  private static void pull(Node node, String uri) throws IOException {
    assertThat(RawClient.get(node.registryAddress(), uri).status()).isEqualTo(200);
  }

  @Test
  void aNodeThatDoesNothingIsFine() throws IOException {
    try (Node node = start("")) {
      Response response = get(node, "/api/v1/status");

      assertThat(response.header("Content-Type")).isEqualTo("application/json");
      assertThat(response.header("Cache-Control")).isEqualTo("no-store");
      JsonNode status = JSON.readTree(response.text());
      assertThat(status.get("verdict").asText()).isEqualTo("fine");
      assertThat(status.get("ready").asBoolean()).isTrue();
      assertThat(status.get("node").asText()).isEqualTo("node-7");
      assertThat(status.get("version").asText()).isEqualTo("1.2.3");
      assertThat(status.get("members").isNull()).isTrue();
      assertThat(status.get("token").asBoolean()).isTrue();
    }
  }

  @Test
  void whatWasPulledIsCountedAndSaved() throws IOException {
    upstream.on(TAG, MANIFEST.reply());
    upstream.on(MANIFEST.path(), MANIFEST.reply());
    try (Node node = start("")) {
      pull(node, MANIFEST.uri());
      pull(node, MANIFEST.uri());
      pull(node, MANIFEST.uri());

      JsonNode status = status(node);
      JsonNode hour = status.get("lastHour");
      int size = MANIFEST.bytes().length;
      assertThat(hour.get("misses").get("upstream").asInt()).isEqualTo(1);
      assertThat(hour.get("hits").get("disk").asInt()).isEqualTo(2);
      assertThat(hour.get("fetchedBytes").get("upstream").asInt()).isEqualTo(size);
      assertThat(hour.get("savedBytes").asInt()).isEqualTo(2 * size);
      assertThat(status.get("sinceStart")).isEqualTo(hour);
      assertThat(status.get("registries").get(0).get("state").asText()).isEqualTo("well");
      assertThat(status.get("store").get("blobs").asInt()).isEqualTo(1);
    }
  }

  @Test
  void anUpstreamThatIsGoneIsSeen() throws IOException {
    upstream.close();
    try (Node node = start("")) {
      RawClient.get(node.registryAddress(), Sample.tagUri("v1"));

      JsonNode registry = status(node).get("registries").get(0);
      assertThat(registry.get("state").asText()).isEqualTo("failing");
      assertThat(registry.get("lastFailure").asText()).isEqualTo("connect");
    }
  }

  @Test
  void theAgentsWordIsToldAsItIs() throws IOException {
    ScriptedAgent agent = new ScriptedAgent().writesSecret(shared);
    try (Node node = start("agent: {directory: '" + shared + "'}")) {
      agent.reports(
          node.registryAddress(),
          """
          entries 3
          # TYPE containerd_config_agent_verdict gauge
          containerd_config_agent_verdict{verdict="effective"} 0
          containerd_config_agent_verdict{verdict="ineffective"} 1
          """);

      JsonNode status = status(node);
      assertThat(status.get("agent").get("entries").asInt()).isEqualTo(3);
      assertThat(status.get("agent").get("verdict").asText()).isEqualTo("ineffective");
      assertThat(status.get("verdict").asText()).isEqualTo("trouble");
      assertThat(status.get("findings").get(0).get("code").asText()).isEqualTo("agent-ineffective");
    }
  }

  @Test
  void aWrongTokenIsRefusedWhereNoneIsNeededToo() throws IOException {
    try (Node node = start("")) {
      assertThat(get(node, "/api/v1/status", "Authorization: Bearer wrong").status())
          .isEqualTo(401);
      assertThat(get(node, "/api/v1/status", "Authorization: Bearer " + TOKEN).status())
          .isEqualTo(200);
      assertThat(RawClient.send(node.adminAddress(), "POST", "/api/v1/status").status())
          .isEqualTo(405);
    }
  }

  @Test
  void imagesAreWhatOfRepositoriesIsHere() throws IOException {
    upstream.on(TAG, MANIFEST.reply());
    upstream.on(MANIFEST.path(), MANIFEST.reply());
    try (Node node = start("")) {
      pull(node, Sample.tagUri("v1"));
      pull(node, MANIFEST.uri());

      assertThat(get(node, "/api/v1/images").status()).isEqualTo(401);
      JsonNode answer =
          JSON.readTree(get(node, "/api/v1/images", "Authorization: Bearer " + TOKEN).text());
      assertThat(answer.get("total").asInt()).isEqualTo(1);
      JsonNode image = answer.get("images").get(0);
      assertThat(image.get("registry").asText()).isEqualTo("example.com");
      assertThat(image.get("repository").asText()).isEqualTo("library/app");
      assertThat(image.get("blobs").asInt()).isEqualTo(1);
      assertThat(image.get("bytes").asInt()).isEqualTo(MANIFEST.size());
      assertThat(image.get("requests").asInt()).isEqualTo(2);
      assertThat(image.get("tags").get(0).get("tag").asText()).isEqualTo("v1");
      assertThat(image.get("tags").get(0).get("digest").asText())
          .isEqualTo(MANIFEST.digest().toString());
    }
  }

  @Test
  void whatIsOnItsWayIsShownWhileItComes() throws Exception {
    Sample blob = Sample.blob(8, 300_000);
    CountDownLatch gate = new CountDownLatch(1);
    upstream.on(blob.path(), blob.reply().heldAt(100_000, gate));
    try (Node node = start("");
        ExecutorService client = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Response> pull =
          client.submit(() -> RawClient.get(node.registryAddress(), blob.uri()));
      Awaitility.await().until(() -> transfer(node).path("receivedBytes").asInt() == 100_000);

      JsonNode transfer = transfer(node);
      assertThat(transfer.get("registry").asText()).isEqualTo("example.com");
      assertThat(transfer.get("repository").isNull()).isTrue();
      assertThat(transfer.get("digest").asText()).hasSize("sha256:".length() + 12);
      assertThat(transfer.get("sizeBytes").asInt()).isEqualTo(300_000);
      assertThat(transfer.get("source").asText()).isEqualTo("upstream");
      assertThat(transfer.get("readers").asInt()).isEqualTo(1);
      assertThat(status(node).get("transfers").asInt()).isEqualTo(1);
      Response named = get(node, "/api/v1/transfers", "Authorization: Bearer " + TOKEN);
      assertThat(named.text()).contains("library/app", blob.digest().toString());

      gate.countDown();
      assertThat(pull.get().status()).isEqualTo(200);
      Awaitility.await().until(() -> transfer(node).isMissingNode());
    } finally {
      gate.countDown();
    }
  }

  private static JsonNode transfer(Node node) throws IOException {
    return JSON.readTree(get(node, "/api/v1/transfers").text()).path("transfers").path(0);
  }

  @Test
  void nothingOfItNamesARepository() throws IOException {
    upstream.on(MANIFEST.path(), MANIFEST.reply());
    try (Node node = start("")) {
      pull(node, MANIFEST.uri());

      assertThat(get(node, "/api/v1/status").text()).doesNotContain("library/app");
      assertThat(get(node, "/api/v1/transfers").text()).doesNotContain("library/app");
    }
  }
}
