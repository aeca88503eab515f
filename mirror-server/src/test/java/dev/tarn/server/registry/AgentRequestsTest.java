package dev.tarn.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.server.agent.AgentDesk;
import dev.tarn.server.agent.Canaries;
import dev.tarn.server.agent.Seen;
import dev.tarn.server.registry.AgentRequests.Sender;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who may send a report while others do. */
class AgentRequestsTest {
  private final Seen seen = new Seen(List.of());
  private final Canaries canaries = new Canaries();
  private final AgentRequests requests =
      new AgentRequests(
          new AgentDesk(
              Path.of("/nonexistent"), seen, canaries, () -> true, () -> {}, System::nanoTime),
          seen,
          canaries,
          "127.0.0.1",
          "tarn-x");

  private static final class Slow implements Sender {
    int displaced;

    @Override
    public void displaced() {
      displaced++;
    }
  }

  private List<Slow> enter(int number) {
    List<Slow> senders = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      Slow sender = new Slow();
      assertThat(requests.enter(sender)).isTrue();
      senders.add(sender);
    }
    return senders;
  }

  @Test
  void oneTooManyTakesThePlaceOfTheSlowest() {
    List<Slow> senders = enter(AgentRequests.MAX_AT_ONCE);
    assertThat(senders).allMatch(sender -> sender.displaced == 0);

    enter(2);

    assertThat(senders).extracting(sender -> sender.displaced).startsWith(1, 1, 0, 0);
    assertThat(requests.arrived(senders.getFirst())).isFalse();
    assertThat(requests.arrived(senders.getLast())).isTrue();
  }

  @Test
  void oneWhoseBodyIsHereKeepsItsPlaceUntilItIsAnswered() {
    List<Slow> senders = enter(AgentRequests.MAX_AT_ONCE);
    senders.forEach(sender -> assertThat(requests.arrived(sender)).isTrue());

    assertThat(requests.enter(new Slow())).isFalse();
    requests.leave(senders.getFirst());

    assertThat(requests.enter(new Slow())).isTrue();
    assertThat(senders).allMatch(sender -> sender.displaced == 0);
  }

  @Test
  void oneThatWasDisplacedLeavesNobodysPlace() {
    List<Slow> senders = enter(AgentRequests.MAX_AT_ONCE + 1);
    senders.forEach(sender -> requests.arrived(sender));
    requests.leave(senders.getFirst());

    assertThat(requests.enter(new Slow())).isFalse();
  }
}
