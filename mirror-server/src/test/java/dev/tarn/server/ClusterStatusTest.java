package dev.tarn.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tarn.server.testing.RawClient;
import dev.tarn.server.testing.RawClient.Response;
import dev.tarn.server.testing.Sample;
import java.io.IOException;
import java.nio.file.Path;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole nodes that are asked at one of them. */
@Timeout(120)
class ClusterStatusTest {
  @TempDir private Path directory;

  private static JsonNode look(Cluster cluster) throws IOException {
    Response response = RawClient.get(cluster.node(0).adminAddress(), "/api/v1/cluster");
    assertThat(response.status()).isEqualTo(200);
    return new ObjectMapper().readTree(response.text());
  }

  @Test
  void oneNodeTellsOfAll() throws IOException {
    Sample blob = Sample.blob(77, 100_000);
    try (Cluster cluster = Cluster.start(3, directory)) {
      cluster.upstream.on(blob.path(), blob.reply());
      cluster.get(1, blob.uri());

      JsonNode all = look(cluster);

      assertThat(all.get("node").asText()).isEqualTo("node-0");
      assertThat(all.get("total").asInt()).isEqualTo(3);
      assertThat(all.get("answered").asInt()).isEqualTo(3);
      assertThat(all.get("verdict").asText()).isEqualTo("fine");
      assertThat(all.get("lastHour").get("servedBytes").asInt()).isEqualTo(blob.size());
      assertThat(all.get("nodes").get(1).get("lastHour").get("servedBytes").asInt())
          .isEqualTo(blob.size());
      assertThat(all.toString()).doesNotContain("library/app");
    }
  }

  @Test
  void aNodeThatIsDownIsNamed() throws IOException {
    try (Cluster cluster = Cluster.start(3, directory)) {
      cluster.stop(2);

      // What was said before is told for a moment more.
      Awaitility.await().until(() -> look(cluster).get("answered").asInt() == 2);

      JsonNode all = look(cluster);
      assertThat(all.get("verdict").asText()).isEqualTo("attention");
      JsonNode finding = all.get("findings").get(0);
      assertThat(finding.get("code").asText()).isEqualTo("member-silent");
      assertThat(finding.get("examples").get(0).asText()).isEqualTo("node-2");
    }
  }
}
