package dev.tarn.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.server.config.Configuration;
import dev.tarn.server.config.ConfigurationLoader;
import dev.tarn.server.testing.LogCapture;
import dev.tarn.server.testing.RawClient;
import dev.tarn.server.testing.RawClient.Response;
import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.Sample;
import dev.tarn.server.testing.ScriptedUpstream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole node, from the configuration file to the registry, the log and the metrics. */
class MannersOfANodeTest {
  private static final String TAG = Sample.tagPath("v1");
  private static final Sample MANIFEST = Sample.manifest(1);

  @TempDir Path directory;
  private final LogCapture log = new LogCapture();
  private final ScriptedUpstream first = ScriptedUpstream.start();
  private final ScriptedUpstream last = ScriptedUpstream.start();

  @AfterEach
  void end() {
    first.close();
    last.close();
    log.close();
  }

  private Configuration configuration(String ofTheRegistry) {
    String yaml =
        """
        registry: {listen: '127.0.0.1:0'}
        admin: {listen: '127.0.0.1:0'}
        store: {path: '%s', minFree: 0%%, reserveFree: 0%%}
        upstream: {retries: 0, clientRate: 1, clientBurst: 20}
        registries:
          example.com:
            upstreams: [{url: '%s'}, {url: '%s'}]
            %s
        """
            .formatted(directory, first.url(), last.url(), ofTheRegistry);
    return ConfigurationLoader.parse(yaml, Map.of());
  }

  private static Response get(Node node, String uri) throws IOException {
    return RawClient.get(node.registryAddress(), uri);
  }

  private List<String> logged(String event, ScriptedUpstream origin) {
    return log.events().stream()
        .filter(line -> line.contains(event) && line.contains(origin.authority()))
        .toList();
  }

  @Test
  void theQuotaIsInTheMetricsAndAPauseInTheLogOnce() throws IOException {
    last.on(TAG, MANIFEST.reply().header("ratelimit-remaining", "1;w=21600"));
    last.on(MANIFEST.path(), Reply.rateLimited("300"));
    try (Node node = Node.start(configuration(""), "test")) {
      assertThat(RawClient.send(node.registryAddress(), "HEAD", TAG + Sample.NS).status())
          .isEqualTo(200);
      for (int i = 0; i < 3; i++) {
        assertThat(get(node, MANIFEST.uri()).status()).isEqualTo(503);
      }

      assertThat(RawClient.get(node.adminAddress(), "/metrics").text())
          .contains("tarn_upstream_ratelimit_remaining{registry=\"example.com\"} 1.0");
    }
    assertThat(last.count("GET", MANIFEST.path())).isEqualTo(1);
    assertThat(logged("upstream_limits_rate", last))
        .singleElement()
        .satisfies(line -> assertThat(line).startsWith("WARN").contains("seconds=\"300\""));
  }

  @Test
  void theTraceOfARequestIsTheExemplarOfItsTimesAndOfNothingElse() throws IOException {
    String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    String unrecorded = "0af7651916cd43dd8448eb211c80319c";
    last.on(TAG, MANIFEST.reply());
    last.on(MANIFEST.path(), MANIFEST.reply());
    try (Node node = Node.start(configuration(""), "test")) {
      for (String sent : List.of("00-" + trace + "-00f067aa0ba902b7-01", "00-" + unrecorded, "")) {
        Response answer =
            RawClient.get(node.registryAddress(), MANIFEST.uri(), "traceparent: " + sent);
        assertThat(answer.status()).isEqualTo(200);
      }
      InetSocketAddress admin = node.adminAddress();
      Response metrics = RawClient.get(admin, "/metrics", "Accept: application/openmetrics-text");

      assertThat(metrics.header("Content-Type"))
          .isEqualTo("application/openmetrics-text; version=1.0.0; charset=utf-8");
      assertThat(metrics.text().lines().filter(line -> line.contains(" # {")))
          .hasSize(2)
          .allSatisfy(
              line ->
                  assertThat(line)
                      .matches("tarn_(first|last)_byte_seconds_bucket\\{.*")
                      .contains("trace_id=\"" + trace + "\"", "span_id=\"00f067aa0ba902b7\""));
      assertThat(metrics.text()).endsWith("\n# EOF\n").doesNotContain(unrecorded);
      assertThat(RawClient.get(admin, "/metrics").text()).doesNotContain(trace);
    }
  }

  @Test
  void anUpstreamThatFailsIsPassedOver() throws IOException {
    first.on(TAG, Reply.status(500));
    last.on(TAG, MANIFEST.reply());
    last.on(MANIFEST.path(), MANIFEST.reply());
    try (Node node = Node.start(configuration(""), "test")) {
      assertThat(get(node, TAG + Sample.NS).status()).isEqualTo(200);
    }
    assertThat(logged("upstream_left_alone", first)).hasSize(1);
    assertThat(logged("upstream_left_alone", last)).isEmpty();
  }

  @Test
  void whereTheRegistryIsToRefuseNothingStaleIsServed() throws IOException {
    last.on(TAG, MANIFEST.reply(), Reply.status(500));
    last.on(MANIFEST.path(), MANIFEST.reply());
    try (Node node = Node.start(configuration("onUpstreamFailure: refuse"), "test")) {
      assertThat(get(node, TAG + Sample.NS).status()).isEqualTo(200);

      assertThat(get(node, TAG + Sample.NS).status()).isEqualTo(502);
    }
  }

  @Test
  void aClientMayAskAsMuchAsIsConfigured() throws IOException {
    try (Node node = Node.start(configuration(""), "test")) {
      for (int i = 0; i < 20; i++) {
        assertThat(get(node, Sample.tagUri("none")).status()).isEqualTo(404);
      }
      Response refused = get(node, Sample.tagUri("none"));
      for (int i = 0; i < 20 && refused.status() == 404; i++) {
        refused = get(node, Sample.tagUri("none")); // A second may have passed.
      }
      assertThat(refused.status()).isEqualTo(429);
    }
  }
}
