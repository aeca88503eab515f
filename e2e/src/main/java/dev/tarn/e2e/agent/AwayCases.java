package dev.tarn.e2e.agent;

import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.run.CaseRun;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The node's Tarn is away, comes and goes, or is somebody else. */
final class AwayCases {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final Duration HELD_BACK = Duration.ofSeconds(90);
  private static final int FALLS = 4;
  private static final int PULLS = 3;

  private final Release release;

  AwayCases(Release release) {
    this.release = release;
  }

  private Node node(AgentBench bench, CaseRun run) throws Exception {
    return Node.start(bench, run.workspace(), Combination.plain(release));
  }

  private static LaunchedAgent started(CaseRun run, Node node) throws Exception {
    LaunchedAgent agent = new LaunchedAgent(run.workspace(), "agent", node);
    agent.start();
    agent.awaitEntry(node, true, SOON);
    return agent;
  }

  /** Its entry goes after the grace time, not before, and comes back with it. */
  void killed(AgentBench bench, CaseRun run) throws Exception {
    Node node = node(bench, run);
    LaunchedAgent agent = started(run, node);
    node.tarn().kill();
    long killed = System.nanoTime();
    agent.awaitEntry(node, false, LaunchedAgent.GRACE.plus(SOON));
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - killed);
    run.figure("withdrawn_after_ms", millis);
    run.checkBetween(
        "milliseconds until the entry was withdrawn",
        LaunchedAgent.GRACE.minus(LaunchedAgent.POLL).toMillis(),
        LaunchedAgent.GRACE.plus(LaunchedAgent.POLL.multipliedBy(4)).plusSeconds(2).toMillis(),
        millis);
    Check.succeeds(run, node.pull());
    node.tarn().startAgain();
    agent.awaitEntry(node, true, SOON);
    Check.comesToTarn(run, node.pull());
  }

  /** It comes back later and later, and no pull fails. */
  void flapping(AgentBench bench, CaseRun run) throws Exception {
    Node node = node(bench, run);
    LaunchedAgent agent = started(run, node);
    try (PullLoop pulls = PullLoop.start(node)) {
      for (int fall = 0; fall < FALLS; fall++) {
        node.tarn().kill();
        agent.awaitEntry(node, false, LaunchedAgent.GRACE.plus(SOON));
        node.tarn().startAgain();
        agent.awaitEntry(node, true, HELD_BACK);
      }
      pulls.end();
      Check.noneFailed(run, pulls);
    }
    agent.terminate();
    run.check(!node.stands(), "the entry stands after the agent's end");
  }

  /** Who listens in Tarn's place is told from Tarn, and given nothing. */
  void stranger(AgentBench bench, CaseRun run) throws Exception {
    Node node = node(bench, run);
    LaunchedAgent agent = started(run, node);
    for (Stranger.Manner manner : Stranger.Manner.values()) {
      node.tarn().kill();
      long killed = System.nanoTime();
      try (Stranger stranger = Stranger.at(node.tarn().address(), manner)) {
        agent.awaitEntry(node, false, SOON);
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - killed);
        run.figure("withdrawn_after_ms_" + manner.name().toLowerCase(Locale.ROOT), millis);
        run.checkBetween(
            "milliseconds until the entry was withdrawn",
            0,
            LaunchedAgent.GRACE.minusSeconds(1).toMillis(),
            millis);
        for (int pull = 0; pull < PULLS; pull++) {
          Check.succeeds(run, node.pull(bench.newImage(), Optional.of("alice:secret")));
        }
        // One that is started only now does not take him for Tarn either.
        agent.kill();
        agent.launch();
        agent.awaitAnswers("stranger", 3);
        run.check(!node.stands(), "the entry stands, for a stranger");
        Check.succeeds(run, node.pull(bench.newImage(), Optional.of("alice:secret")));
        run.check(
            stranger.shown().isEmpty(), "a stranger was shown credentials: " + stranger.shown());
      }
      node.tarn().startAgain();
      agent.awaitEntry(node, true, SOON);
      Check.comesToTarn(run, node.pull());
    }
  }

  /** The server says that it is about to end: the entry is gone before it refuses anybody. */
  void draining(AgentBench bench, CaseRun run) throws Exception {
    Node node = node(bench, run);
    LaunchedAgent agent = started(run, node);
    try (PullLoop pulls = PullLoop.start(node)) {
      awaitPulls(pulls, 2);
      node.tarn().terminate();
      run.check(!node.stands(), "the entry stands after Tarn's end");
      awaitPulls(pulls, pulls.pulls() + 2);
      pulls.end();
      Check.noneFailed(run, pulls);
    }
    node.tarn().startAgain();
    agent.awaitEntry(node, true, SOON);
    Check.comesToTarn(run, node.pull());
  }

  /** As a pod's containers end in one order or the other. */
  void bothEnd(AgentBench bench, CaseRun run) throws Exception {
    Node node = node(bench, run);
    Snapshot before = node.snapshot();
    LaunchedAgent agent = started(run, node);
    List<Runnable> ends = List.of(agent::terminate, node.tarn()::terminate);
    for (List<Runnable> order : List.of(ends, ends.reversed())) {
      try (PullLoop pulls = PullLoop.start(node)) {
        awaitPulls(pulls, 1);
        order.forEach(Runnable::run);
        awaitPulls(pulls, pulls.pulls() + 2);
        pulls.end();
        Check.noneFailed(run, pulls);
      }
      Check.same(run, before, node.snapshot());
      node.tarn().startAgain();
      agent.start();
      agent.awaitEntry(node, true, SOON);
    }
  }

  private static void awaitPulls(PullLoop pulls, int count) throws Exception {
    Await.until(count + " pulls", Duration.ofMinutes(1), () -> pulls.pulls() >= count);
  }
}
