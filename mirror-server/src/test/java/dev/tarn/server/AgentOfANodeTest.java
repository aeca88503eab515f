package dev.tarn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.server.config.ConfigurationLoader;
import dev.tarn.server.testing.LogCapture;
import dev.tarn.server.testing.RawClient;
import dev.tarn.server.testing.RawClient.End;
import dev.tarn.server.testing.RawClient.Response;
import dev.tarn.server.testing.Sample;
import dev.tarn.server.testing.ScriptedAgent;
import dev.tarn.server.testing.ScriptedRequest;
import dev.tarn.server.testing.ScriptedUpstream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A whole node with a scripted agent beside it. */
class AgentOfANodeTest {
  private static final String BODY = "entries 1\ncontainerd_config_agent_entries 1\n";
  private static final int LARGEST_BODY = 64 * 1024;
  private static final int READ_AT_ONCE = 8;

  @TempDir Path store;
  @TempDir Path shared;
  private final LogCapture log = new LogCapture();
  private final ScriptedAgent agent = new ScriptedAgent();
  private final ScriptedUpstream upstream = ScriptedUpstream.start();

  private String listen = "127.0.0.1:0";
  private String idleTimeout = "30s";
  private String agentTimeout = "0s";
  private String directory;

  @BeforeEach
  void shareASecret() throws IOException {
    directory = shared.toString();
    agent.writesSecret(shared);
  }

  @AfterEach
  void end() {
    upstream.close();
    log.close();
  }

  private Node start() throws IOException {
    String yaml =
        """
        registry: {listen: '%s', idleTimeout: %s}
        admin: {listen: '127.0.0.1:0'}
        store: {path: '%s', minFree: 0%%, reserveFree: 0%%}
        upstream: {retries: 0}
        shutdown: {agentTimeout: %s, drainTimeout: 5s}
        agent: {directory: '%s'}
        registries: {example.com: {upstreams: [{url: '%s'}]}, open.example: {}}
        """
            .formatted(listen, idleTimeout, store, agentTimeout, directory, upstream.url());
    return Node.start(ConfigurationLoader.parse(yaml, Map.of()), "test");
  }

  private static InetSocketAddress at(Node node) {
    return node.registryAddress();
  }

  private static String metrics(Node node) throws IOException {
    return RawClient.get(node.adminAddress(), "/metrics").text();
  }

  private static Response send(Node node, String request) throws IOException {
    return RawClient.exchange(at(node), request, false);
  }

  /** The beginning of a report with a body that never comes. */
  private Socket beginReport(Node node) throws IOException {
    Socket socket = RawClient.connect(at(node));
    String head = ScriptedAgent.head(agent.challenge(), "x", BODY.length());
    socket.getOutputStream().write((head + "entr").getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  @Test
  void theAgentIsAnsweredAndWhatItSaysOfItselfIsAmongTheMetrics() throws IOException {
    try (Node node = start()) {
      Response told = agent.reports(at(node), BODY);

      assertThat(told.status()).isEqualTo(200);
      assertThat(told.header("Content-Type")).isEqualTo("text/plain; charset=utf-8");
      assertThat(told.text()).isEqualTo("state ready\n");
      assertThat(metrics(node))
          .endsWith("\ncontainerd_config_agent_entries 1\n")
          .contains(
              "tarn_agent_entries 1.0",
              "tarn_agent_reports_total{outcome=\"heard\"} 1.0",
              "tarn_agent_reports_total{outcome=\"refused\"} 0.0")
          .doesNotContain("tarn_requests_total{");
      assertThat(
              RawClient.get(node.adminAddress(), "/metrics", "Accept: application/openmetrics-text")
                  .text())
          .endsWith(
              """
              # TYPE containerd_config_agent_entries unknown
              containerd_config_agent_entries 1
              # EOF
              """);
    }
    assertThat(log.events()).noneMatch(event -> event.contains("POST"));
  }

  @Test
  void aNodeThatListensEverywhereIsKnownByTheAddressThatItWasAskedAt() throws IOException {
    listen = "0.0.0.0:0";
    try (Node node = start()) {
      assertThat(agent.reports(at(node), BODY).status()).isEqualTo(200);
    }
  }

  @Test
  void aNodeIsKnownByThePortThatItListensOn() throws IOException {
    try (Node node = start()) {
      String challenge = agent.challenge();
      String elsewhere = agent.proof("agent", "127.0.0.1:1", challenge, BODY);

      assertThat(
              send(node, ScriptedAgent.head(challenge, elsewhere, BODY.length()) + BODY).status())
          .isEqualTo(401);
    }
  }

  @Test
  void withoutADirectoryThereIsNothingOfIt() throws IOException {
    directory = "";
    try (Node node = start()) {
      assertThat(agent.reports(at(node), BODY).status()).isEqualTo(405);
      assertThat(RawClient.get(at(node), "/tarn/v1/agent").status()).isEqualTo(404);
      assertThat(metrics(node)).doesNotContain("tarn_agent");
    }
  }

  @Test
  void strangersAreToldNothing() throws IOException {
    try (Node node = start()) {
      String request = ScriptedAgent.head(agent.challenge(), "", BODY.length()) + BODY;

      Response refused = send(node, request);

      assertThat(refused.status()).isEqualTo(401);
      assertThat(refused.body()).isEmpty();
      assertThat(refused.header("Tarn-Proof")).isEmpty();
      assertThat(refused.header("Content-Length")).isEqualTo("0");
      assertThat(metrics(node))
          .contains("tarn_agent_reports_total{outcome=\"refused\"} 1.0", "tarn_agent_entries 0.0")
          .doesNotContain("tarn_requests_total{");
    }
  }

  @Test
  void anAgentThatComesAfterTheNodeIsKnown() throws IOException {
    Files.delete(shared.resolve("secret"));
    try (Node node = start()) {
      agent.writesSecret(shared);

      assertThat(agent.reports(at(node), BODY).status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "?",
        "?challenge=",
        "?challenge=AAAA",
        "?challenge=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "?challenge=AAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAA",
        "?challenge=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "?challenge=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA&ns=quay.io",
        "?challeng=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
      })
  void aChallengeOfAnotherShapeIsRefused(String query) throws IOException {
    try (Node node = start()) {
      Response refused =
          send(
              node,
              "POST /tarn/v1/agent"
                  + query
                  + " HTTP/1.1\r\nHost: tarn\r\nContent-Length: 9\r\n\r\nentries 1");

      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.text()).startsWith("{\"errors\":[{\"code\":\"UNSUPPORTED\"");
    }
  }

  @Test
  void anAgentThatMakesNoSenseIsRefused() throws IOException {
    try (Node node = start()) {
      assertThat(agent.reports(at(node), "hello").status()).isEqualTo(400);
      assertThat(metrics(node)).contains("tarn_agent_reports_total{outcome=\"malformed\"} 1.0");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "HEAD", "PUT", "DELETE"})
  void otherMethodsAreNoReports(String method) throws IOException {
    try (Node node = start()) {
      Response refused =
          RawClient.send(at(node), method, "/tarn/v1/agent?challenge=" + agent.challenge());

      assertThat(refused.status()).isIn(404, 405);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/tarn/v1/agents",
        "/tarn/v1/agent/",
        "/v2/tarn/v1/agent",
        "/v2/example.com/tarn/v1/agent"
      })
  void otherPathsAreNoReports(String path) throws IOException {
    try (Node node = start()) {
      assertThat(RawClient.send(at(node), "POST", path).status()).isEqualTo(405);
    }
  }

  @Test
  void aBodyThatIsTooLargeIsNotRead() throws IOException {
    String largest = BODY + "#".repeat(LARGEST_BODY - BODY.length());
    try (Node node = start()) {
      assertThat(agent.reports(at(node), largest).status()).isEqualTo(200);

      Response refused = agent.reports(at(node), largest + "#");

      assertThat(refused.status()).isEqualTo(413);
      assertThat(refused.text()).startsWith("{\"errors\":");
      assertThat(agent.reports(at(node), BODY).status()).isEqualTo(200);
    }
  }

  @Test
  void bodiesThatDoNotComeAreGivenUpAndFewAreWaitedFor() throws IOException {
    idleTimeout = "1s";
    List<Socket> slow = new ArrayList<>();
    try (Node node = start()) {
      for (int i = 0; i < READ_AT_ONCE + 1; i++) {
        slow.add(beginReport(node));
      }
      List<Response> responses = new ArrayList<>();
      for (Socket socket : slow) {
        responses.add(RawClient.read(socket.getInputStream(), false));
      }

      assertThat(responses).filteredOn(response -> response.status() == 503).hasSize(1);
      assertThat(responses)
          .filteredOn(response -> response.end() == End.NOTHING)
          .hasSize(READ_AT_ONCE);
      assertThat(agent.reports(at(node), BODY).status()).isEqualTo(200);
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }

  @Test
  void whoLeavesInTheMiddleOfAReportTakesNoPlace() throws IOException {
    try (Node node = start()) {
      for (int i = 0; i < 3 * READ_AT_ONCE; i++) {
        beginReport(node).close();
      }
      Awaitility.await().until(() -> agent.reports(at(node), BODY).status() == 200);
      for (int i = 0; i < 3 * READ_AT_ONCE; i++) {
        assertThat(agent.reports(at(node), BODY).status()).isEqualTo(200);
      }
    }
  }

  @Test
  void theAgentHearsWhichRegistriesContainerdAskedFor() throws IOException {
    Sample manifest = Sample.manifest(1);
    upstream.on(manifest.path(), manifest.reply());
    String prefixed = manifest.path().replace("/v2/", "/v2/example.com/");
    try (Node node = start()) {
      String containerd = "User-Agent: containerd/v2.1.4";
      assertThat(RawClient.get(at(node), prefixed, containerd).status()).isEqualTo(200);
      assertThat(RawClient.get(at(node), manifest.uri(), "User-Agent: curl/8").status())
          .isEqualTo(200);
      assertThat(RawClient.get(at(node), "/v2/?ns=example.com", containerd).status())
          .isEqualTo(200);
      assertThat(agent.reports(at(node), BODY).text()).isEqualTo("state ready\n");

      for (String uri : List.of(manifest.uri(), Sample.blob(1, 9).uri(), Sample.tagUri("v1"))) {
        RawClient.get(at(node), uri, containerd);
      }

      assertThat(agent.reports(at(node), BODY).text())
          .matches("state ready\nseen example.com 3 \\d containerd/v2.1.4\n");
    }
  }

  @Test
  void theEndWaitsUntilNothingLeadsToTheNodeAndUntilThenEverythingIsServed() throws Exception {
    agentTimeout = "1h";
    Node node = start();
    agent.reports(at(node), "entries 2");

    CompletableFuture<Void> closed = CompletableFuture.runAsync(node::close);

    Awaitility.await()
        .until(() -> agent.reports(at(node), "entries 2").text().startsWith("state draining"));
    assertThat(RawClient.get(node.adminAddress(), "/readyz").status()).isEqualTo(503);
    assertThat(RawClient.get(at(node), "/v2/").status()).isEqualTo(200);
    assertThat(closed).isNotDone();

    Response last = agent.reports(at(node), "entries 0");
    assertThat(last.text()).startsWith("state draining");
    closed.get(20, TimeUnit.SECONDS);
    assertThatThrownBy(() -> RawClient.connect(at(node))).isInstanceOf(ConnectException.class);
    assertThat(log.events()).noneMatch(event -> event.contains("agent_did_not_withdraw"));
  }

  @Test
  void whereNoAgentWasHeardOfTheEndWaitsForNone() throws Exception {
    agentTimeout = "1h";
    Node node = start();

    CompletableFuture.runAsync(node::close).get(20, TimeUnit.SECONDS);
  }

  @Test
  void theAgentHearsOfTheCanaryAndNobodyIsAskedForIt() throws IOException {
    String name = "0123456789abcdef01234567";
    String uri = "/v2/" + name + "/manifests/latest?ns=canary.tarn.invalid";
    try (Node node = start()) {
      Response refused = RawClient.get(at(node), uri);
      Response stranger = RawClient.get(at(node), uri.replace("canary", "other"));

      assertThat(refused.status()).isEqualTo(404);
      assertThat(refused.text()).isEqualTo(stranger.text());
      assertThat(RawClient.send(at(node), "HEAD", uri).status()).isEqualTo(404);
      RawClient.get(at(node), uri.replace(name, "no-canary"));
      RawClient.get(at(node), "/v2/canary.tarn.invalid/abcdef/manifests/latest");
      assertThat(agent.reports(at(node), BODY).text())
          .matches("state ready\ncanary " + name + " \\d\n");
      assertThat(metrics(node))
          .contains(
              "tarn_requests_total{kind=\"other\",outcome=\"not_found\",registry=\"unknown\"} 5.0")
          .doesNotContain("canary", name, "tarn_misses_total{", "tarn_upstream_requests_total{");
    }
    assertThat(upstream.requests()).isEmpty();
  }

  @Test
  void theCanaryIsNotServedWhereThereIsNoAgentEither() throws IOException {
    directory = "";
    try (Node node = start()) {
      assertThat(RawClient.get(at(node), "/v2/0f/manifests/latest?ns=canary.tarn.invalid").status())
          .isEqualTo(404);
    }
  }

  @Test
  void slowReportsOfOthersDoNotKeepTheAgentOut() throws IOException {
    List<Socket> slow = new ArrayList<>();
    try (Node node = start()) {
      for (int i = 0; i < READ_AT_ONCE; i++) {
        slow.add(beginReport(node));
      }
      for (int i = 0; i < 3; i++) {
        assertThat(agent.reports(at(node), BODY).status()).isEqualTo(200);
        slow.add(beginReport(node));
      }
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }

  private void found(String... chain) throws IOException {
    String hosts =
        Stream.of(chain).map(url -> "{\"url\": \"" + url + "\"}").collect(Collectors.joining(","));
    Files.writeString(
        shared.resolve("upstreams.json"), "{\"registries\": {\"open.example\": [" + hosts + "]}}");
  }

  @Test
  void whomTheAgentFoundIsAskedFromTheStartAndCountedForItsRegistry() throws IOException {
    Sample manifest = Sample.manifest(1);
    try (ScriptedUpstream harbor = ScriptedUpstream.start()) {
      harbor.on(manifest.path(), manifest.reply());
      found(harbor.url());
      try (Node node = start()) {
        assertThat(RawClient.get(at(node), manifest.path() + "?ns=open.example").status())
            .isEqualTo(200);
        assertThat(metrics(node))
            .contains(
                "tarn_agent_upstreams 1.0",
                "tarn_agent_upstreams_left_out{registry=\"open.example\"} 0.0",
                "tarn_upstream_requests_total{registry=\"open.example\",status=\"200\"}");
      }
      assertThat(harbor.requests())
          .extracting(ScriptedRequest::query)
          .containsOnly("ns=open.example");
    }
  }

  @Test
  void aRegistryOfWhichSomethingIsWrongIsSaidToBe() throws IOException {
    found(upstream.url(), "http://169.254.169.254");
    try (Node node = start()) {
      assertThat(metrics(node))
          .contains(
              "tarn_agent_upstreams 0.0",
              "tarn_agent_upstreams_left_out{registry=\"open.example\"} 1.0",
              "tarn_agent_upstreams_left_out{registry=\"example.com\"} 0.0",
              "tarn_agent_upstreams_left_out{registry=\"unknown\"} 0.0");
    }
  }

  private static int statusOf(InetSocketAddress node, String uri, String via) {
    try {
      return RawClient.get(node, uri, "Via: " + via).status();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void whatComesBackToTheMirrorThatAskedItIsNotAskedAgain() throws IOException {
    Sample manifest = Sample.manifest(1);
    AtomicReference<InetSocketAddress> mirror = new AtomicReference<>();
    List<Integer> statuses = new CopyOnWriteArrayList<>();
    // Another mirror on the node, which asks this one first.
    upstream.on(
        manifest.path(),
        request -> {
          String via = request.header("Via").orElse("") + ", 1.1 another";
          statuses.add(statusOf(mirror.get(), request.target(), via));
          return manifest.reply();
        });
    found(upstream.url());
    try (Node node = start()) {
      mirror.set(at(node));
      assertThat(RawClient.get(at(node), manifest.path() + "?ns=open.example").status())
          .isEqualTo(200);
    }
    assertThat(statuses).isNotEmpty().containsOnly(404);
  }
}
