package dev.tarn.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.placement.Member;
import dev.tarn.server.membership.ClusterMembership;
import dev.tarn.server.membership.LocalNode;
import dev.tarn.server.membership.StaticSource;
import dev.tarn.server.metrics.Metrics;
import dev.tarn.server.peer.PeerFailure;
import dev.tarn.server.testing.LogCapture;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the log says of other nodes that fail this one: enough to see it, once. */
class PeerEventsTest {
  private static final Member B = new Member("unreachable-b", "", "10.0.0.2:5051", true);
  private static final Member C = new Member("unreachable-c", "", "10.0.0.3:5051", true);

  private final LogCapture log = new LogCapture();
  private final ClusterMembership membership =
      new ClusterMembership(
          new StaticSource(List.of(B, C)),
          new LocalNode("a", "", 5051, Set.of()),
          System::nanoTime);
  private final PeerEvents events =
      new PeerEvents(new Metrics(new SimpleMeterRegistry(), List.of(), "test").peers(), membership);

  @BeforeEach
  void start() {
    membership.start();
  }

  @AfterEach
  void stop() {
    membership.close();
    log.close();
  }

  private List<String> said(String event) {
    return log.events().stream()
        .filter(each -> each.contains(event) && each.contains("unreachable-"))
        .toList();
  }

  @Test
  void whoIsUnreachableIsToldOfOnceUntilItAnswers() {
    events.unreachable(B, PeerFailure.CONNECT, "refused");
    events.unreachable(B, PeerFailure.TIMEOUT, "nothing came");
    events.unreachable(C, PeerFailure.CONNECT, "refused");

    assertThat(said("WARN peer_unreachable"))
        .hasSize(2)
        .first()
        .asString()
        .contains("peer=\"unreachable-b\"", "failure=\"connect\"", "detail=\"refused\"");
    assertThat(said("DEBUG peer_unreachable")).hasSize(1);

    events.asked(B, Optional.of(PeerFailure.TIMEOUT), 1);
    assertThat(said("peer_reached_again")).isEmpty();
    events.asked(B, Optional.empty(), 1);
    events.asked(B, Optional.empty(), 1);
    events.fetched(C, Optional.empty(), 1);
    assertThat(said("INFO peer_reached_again")).hasSize(2);

    events.unreachable(B, PeerFailure.CONNECT, "refused");
    assertThat(said("WARN peer_unreachable")).hasSize(3);
  }
}
