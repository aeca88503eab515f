package dev.tarn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tarn.core.placement.Member;
import dev.tarn.server.config.Configuration;
import dev.tarn.server.config.ConfigurationLoader;
import dev.tarn.server.membership.ClusterMembership;
import dev.tarn.server.metrics.Metrics;
import dev.tarn.server.net.Transport;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeersTest {
  @TempDir Path store;
  private final Transport transport = Transport.start(1);
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final PrometheusMeterRegistry meters =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Metrics metrics = new Metrics(meters, List.of(), "1");

  @AfterEach
  void stop() {
    timer.shutdownNow();
    workers.close();
    transport.close();
  }

  @Test
  void byDefaultANodeIsAloneAndSaysNothingAboutMembers() {
    assertThat(membership("")).isEmpty();
    assertThat(meters.scrape()).doesNotContain("tarn_member");
  }

  @Test
  void aListHasItsMembersAndKnowsWhichOfThemThisNodeIs() {
    ClusterMembership membership =
        membership(
                """
                peers:
                  mode: static
                  plainHttp: true
                  node: node-2
                  members: ["za/node-1=10.0.0.1:5051", "zb/node-2=10.0.0.2:5051"]
                """)
            .orElseThrow();

    membership.start();

    assertThat(membership.current().members())
        .containsExactly(
            new Member("node-1", "za", "10.0.0.1:5051", true),
            new Member("node-2", "zb", "10.0.0.2:5051", true));
    assertThat(membership.self()).map(Member::name).contains("node-2");
    assertThat(membership.zone()).isEqualTo("zb");
    assertThat(meters.scrape())
        .contains("tarn_members{state=\"ready\",zone=\"za\"} 1.0")
        .contains("tarn_membership_age_seconds 0.0");
  }

  @Test
  void aNameHasTheMembersThatItsAddressesAre() {
    ClusterMembership membership =
        membership(
                "peers: {plainHttp: true, mode: dns, dnsName: localhost, listen: '127.0.0.1:6051'}")
            .orElseThrow();

    membership.start();

    await().until(() -> !membership.current().members().isEmpty());
    assertThat(membership.current().members())
        .extracting(Member::address)
        .contains("127.0.0.1:6051");
    assertThat(membership.self()).isPresent();
    membership.close();
  }

  @Test
  void outsideOfAPodKubernetesHasNoMembersAndThatIsCounted() {
    ClusterMembership membership =
        membership("peers: {plainHttp: true, mode: kubernetes}").orElseThrow();

    membership.start();

    await().until(() -> meters.scrape().contains("tarn_membership_failures_total 1.0"));
    assertThat(membership.current().members()).isEmpty();
    membership.close();
  }

  @Test
  void whatWasFoundBeforeARestartIsKnownWhileNobodyTellsIt() throws IOException {
    Files.writeString(
        store.resolve("members.json"),
        """
        {"members": [{"name": "here", "zone": "za", "address": "10.0.0.1:5051", "ready": true}]}
        """);
    ClusterMembership membership =
        membership("peers: {plainHttp: true, mode: kubernetes}").orElseThrow();

    membership.start();

    await().until(() -> membership.self().isPresent());
    assertThat(membership.zone()).isEqualTo("za");
    membership.close();
  }

  private Optional<ClusterMembership> membership(String yaml) {
    Configuration configuration = ConfigurationLoader.parse(yaml, Map.of());
    return new Peers(
            configuration.peers(),
            Map.of("HOSTNAME", "here"),
            store.resolve("members.json"),
            transport,
            workers,
            timer)
        .membership(metrics);
  }
}
