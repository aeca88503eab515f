package dev.tarn.server.peer.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.name.BlobKey;
import dev.tarn.core.placement.Member;
import dev.tarn.core.placement.Membership;
import dev.tarn.core.planner.Action;
import dev.tarn.core.planner.Event;
import dev.tarn.core.planner.Planner;
import dev.tarn.core.planner.Question;
import dev.tarn.server.testing.Keys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PlannerLoopTest {
  private static final long SIZE = 100_000_000;

  private final AtomicLong clock = new AtomicLong();
  private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
  private final List<Action> actions = Collections.synchronizedList(new ArrayList<>());
  private final List<RuntimeException> troubles = Collections.synchronizedList(new ArrayList<>());
  private final BlobKey key = Keys.of("content");
  private final PlannerLoop loop =
      new PlannerLoop(
          new Planner(
              "here",
              Membership.of(1, List.of(new Member("here", "", "10.0.0.1:5051", true))),
              new SplittableRandom(1),
              0),
          thread,
          clock::get,
          actions::add,
          troubles::add);

  @AfterEach
  void stop() {
    thread.shutdownNow();
    assertThat(troubles).isEmpty();
  }

  private void tell(Event event) throws Exception {
    loop.tell(event);
    thread.submit(() -> {}).get();
  }

  private void passes(Duration time) {
    clock.addAndGet(time.toNanos());
  }

  private long fetchUpstream() throws Exception {
    tell(new Event.Want(key, SIZE, Question.UNKNOWN_SIZE, new BitSet()));
    Action.FetchUpstream fetch =
        actions.stream()
            .filter(Action.FetchUpstream.class::isInstance)
            .map(Action.FetchUpstream.class::cast)
            .findFirst()
            .orElseThrow();
    tell(new Event.UpstreamAnswered(fetch.id(), SIZE, true));
    tell(new Event.Progress(fetch.id(), 1_000_000));
    return fetch.id();
  }

  @Test
  void aProcessThatStoodStillForAMinuteGoesOnWhereItWas() throws Exception {
    long fetch = fetchUpstream();

    passes(Duration.ofMinutes(1));
    tell(new Event.Tick());
    tell(new Event.Progress(fetch, 2_000_000));

    assertThat(actions)
        .noneMatch(action -> action instanceof Action.GaveUp || action instanceof Action.Cancel);
  }

  @Test
  void whoeverIsSilentWhileTimePassesIsGivenUp() throws Exception {
    long fetch = fetchUpstream();

    for (int i = 0; i < 100; i++) {
      passes(Duration.ofMillis(300));
      tell(new Event.Tick());
    }

    assertThat(actions).contains(new Action.Cancel(fetch));
  }
}
