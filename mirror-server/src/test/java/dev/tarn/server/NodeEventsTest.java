package dev.tarn.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.name.RegistryHost;
import dev.tarn.server.config.Configuration;
import dev.tarn.server.config.RegistryConfiguration;
import dev.tarn.server.metrics.Metrics;
import dev.tarn.server.upstream.Origin;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NodeEventsTest {
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Map<RegistryHost, RegistryConfiguration> registries =
      Configuration.defaults().registries();
  private final NodeEvents events =
      new NodeEvents(new Metrics(meters, registries.keySet(), "1"), registries);

  private double requests(String registry) {
    return meters.get("tarn.upstream.requests").tag("registry", registry).counter().count();
  }

  @Test
  void anUpstreamAtItsSchemesOwnPortCountsForItsRegistry() {
    events.upstream().answered("registry-1.docker.io:443", 200, Duration.ZERO);

    assertThat(requests("docker.io")).isEqualTo(1);
  }

  @Test
  void oneThatIsFoundLaterCountsForTheRegistryThatFoundItFirst() {
    events.upstream().answered("harbor.example:443", 200, Duration.ZERO);
    assertThat(requests("unknown")).isEqualTo(1);

    events.fetchedFrom(RegistryHost.DOCKER_HUB, List.of(Origin.of("https://harbor.example/v2/h")));
    events.fetchedFrom(new RegistryHost("quay.io"), List.of(Origin.of("https://harbor.example")));
    events.upstream().answered("harbor.example:443", 200, Duration.ZERO);

    assertThat(requests("docker.io")).isEqualTo(1);
  }
}
