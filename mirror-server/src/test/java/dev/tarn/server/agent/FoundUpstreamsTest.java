package dev.tarn.server.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.server.net.Transport;
import dev.tarn.server.testing.LogCapture;
import dev.tarn.server.upstream.AccessListener;
import dev.tarn.server.upstream.AllowedTargets;
import dev.tarn.server.upstream.Origin;
import dev.tarn.server.upstream.OwnAccess;
import dev.tarn.server.upstream.Reach;
import dev.tarn.server.upstream.RegistryUpstream;
import dev.tarn.server.upstream.Seams;
import dev.tarn.server.upstream.UpstreamClient;
import dev.tarn.server.upstream.UpstreamListener;
import dev.tarn.server.upstream.UpstreamSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FoundUpstreamsTest {
  private static final RegistryHost QUAY = new RegistryHost("quay.io");
  private static final RegistryHost GIVEN = new RegistryHost("ghcr.io");
  private static final RepositoryName REPOSITORY = new RepositoryName("a");
  private static final String HARBOR =
      """
      {"registries": {"quay.io": [{"url": "https://harbor.example"}, {"url": "https://quay.io"}],
                      "ghcr.io": [{"url": "https://harbor.example"}]}}
      """;
  private static final String ALONE =
      "{\"registries\": {\"quay.io\": [{\"url\": \"https://harbor.example:8443\"}]}}";

  @TempDir Path directory;
  private final LogCapture log = new LogCapture();
  private final Transport transport = Transport.start(1);
  private final UpstreamClient client =
      new UpstreamClient(
          transport,
          new UpstreamSettings(
              Duration.ofSeconds(1),
              Duration.ofSeconds(1),
              Duration.ofSeconds(1),
              0,
              AllowedTargets.NONE,
              Optional.empty(),
              "tarn/test"),
          UpstreamListener.NONE,
          Seams.system());
  private final RegistryUpstream quay =
      client.registry(List.of(Origin.of("https://quay.io")), OwnAccess.NONE, AccessListener.NONE);
  private final Map<RegistryHost, RegistryUpstream> open = new HashMap<>(Map.of(QUAY, quay));
  private final AtomicLong nanos = new AtomicLong();
  private final List<String> told = new ArrayList<>();

  @AfterEach
  void end() {
    client.close();
    transport.close();
    log.close();
  }

  private FoundUpstreams open() {
    return new FoundUpstreams(
        directory,
        Set.of(QUAY, GIVEN, RegistryHost.DOCKER_HUB),
        open,
        new Reach.BeyondTheMirror(5050, "tarn-x"),
        nanos::get,
        (registry, chain) ->
            told.add(registry + " " + chain.stream().map(Origin::hostAndPort).toList()));
  }

  private void write(String json) throws IOException {
    Files.writeString(directory.resolve("upstreams.json"), json);
  }

  private void look(FoundUpstreams upstreams) {
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    upstreams.look();
  }

  @Test
  void whatIsThereAtTheStartIsFollowedAndWhatIsGivenIsNot() throws IOException {
    write(HARBOR);
    FoundUpstreams upstreams = open();

    upstreams.look();

    assertThat(told).containsExactly("quay.io [harbor.example:443, quay.io:443]");
    assertThat(upstreams.count()).isEqualTo(1);
    assertThat(upstreams.failures()).isZero();
  }

  @Test
  void changesAreFollowedAndAMissingFileMeansWhatIsConfigured() throws IOException {
    FoundUpstreams upstreams = open();
    look(upstreams);
    assertThat(told).isEmpty();

    write(ALONE);
    look(upstreams);
    assertThat(quay.origin(REPOSITORY)).isEqualTo("harbor.example:8443");
    look(upstreams);
    Files.delete(directory.resolve("upstreams.json"));
    look(upstreams);

    assertThat(quay.origin(REPOSITORY)).isEqualTo("quay.io:443");
    assertThat(told).containsExactly("quay.io [harbor.example:8443]", "quay.io []");
    assertThat(upstreams.count()).isZero();
    assertThat(log.events()).noneMatch(event -> event.startsWith("WARN"));
  }

  @Test
  void aBadFileChangesNothingIsLoggedAndCountedOnce() throws IOException {
    write(ALONE);
    FoundUpstreams upstreams = open();
    look(upstreams);

    write(ALONE.replace("}]}}", "}]}"));
    look(upstreams);
    look(upstreams);
    assertThat(upstreams.failures()).isEqualTo(1);
    write(ALONE + " ".repeat(1 << 20));
    look(upstreams);

    assertThat(quay.origin(REPOSITORY)).isEqualTo("harbor.example:8443");
    assertThat(upstreams.failures()).isEqualTo(2);
    assertThat(told).hasSize(1);
    assertThat(warnings())
        .hasSize(2)
        .allSatisfy(event -> assertThat(event).contains("agent_upstreams_not_loaded"));
  }

  @Test
  void aRegistryWithABadEntryIsAsConfiguredAndTheOthersAreFollowed() throws IOException {
    RegistryUpstream hub =
        client.registry(
            List.of(Origin.of("https://registry-1.docker.io")),
            OwnAccess.NONE,
            AccessListener.NONE);
    open.put(RegistryHost.DOCKER_HUB, hub);
    write(ALONE);
    FoundUpstreams upstreams = open();
    look(upstreams);
    String good = "\"docker.io\": [{\"url\": \"http://10.0.0.1\"}]}}";

    write(ALONE.replace("harbor.example:8443", "127.0.0.1:5050").replace("}}", ", " + good));
    look(upstreams);
    look(upstreams);

    assertThat(quay.origin(REPOSITORY)).isEqualTo("quay.io:443");
    assertThat(hub.origin(REPOSITORY)).isEqualTo("10.0.0.1:80");
    assertThat(upstreams.leavesOut(QUAY)).isTrue();
    assertThat(upstreams.leavesOut(RegistryHost.DOCKER_HUB)).isFalse();
    assertThat(upstreams.failures()).isZero();
    assertThat(warnings())
        .singleElement()
        .asString()
        .contains("agent_upstreams_left_out", "quay.io", "is where none may be");

    write(ALONE.replace("}}", ", " + good));
    look(upstreams);
    assertThat(quay.origin(REPOSITORY)).isEqualTo("harbor.example:8443");
    assertThat(upstreams.leavesOut(QUAY)).isFalse();
  }

  @Test
  void aBadEntryOfARegistryWhoseUpstreamsAreGivenIsNobodysTrouble() throws IOException {
    write("{\"registries\": {\"ghcr.io\": []}}");
    FoundUpstreams upstreams = open();
    look(upstreams);

    assertThat(upstreams.leavesOut(GIVEN)).isFalse();
    assertThat(warnings()).isEmpty();
  }

  @Test
  void registriesThatAreNotServedAreToldOnce() throws IOException {
    write(ALONE.replace("}}", ", \"evil.io\": [], \"canary.tarn.invalid\": []}}"));
    FoundUpstreams upstreams = open();
    look(upstreams);
    look(upstreams);

    assertThat(quay.origin(REPOSITORY)).isEqualTo("harbor.example:8443");
    assertThat(upstreams.hasStrangers()).isTrue();
    assertThat(warnings())
        .singleElement()
        .asString()
        .contains("agent_upstreams_left_out", "evil.io", "canary.tarn.invalid");
  }

  private List<String> warnings() {
    return log.events().stream().filter(event -> event.startsWith("WARN")).toList();
  }
}
