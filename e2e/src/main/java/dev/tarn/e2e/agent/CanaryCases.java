package dev.tarn.e2e.agent;

import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.run.CaseRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** The agent asks a real containerd for an image that proves whether it comes to Tarn. */
final class CanaryCases {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String PULLS = "containerd_config_agent_canary_pulls_total";

  private final Release release;

  CanaryCases(Release release) {
    this.release = release;
  }

  /** It is known before anybody pulled anything; and one pull is enough. */
  void effective(AgentBench bench, CaseRun run) throws Exception {
    Node node = Node.start(bench, run.workspace(), Combination.plain(release));
    Snapshot before = node.snapshot();
    LaunchedAgent agent = new LaunchedAgent(run.workspace(), "agent", node);
    SwitchedOn.byConfiguration(run, "agent");
    agent.start();
    awaitSays(agent, Says.EFFECTIVE);
    awaitPulls(agent, "effective");
    run.checkEquals("pulls that came", 1, pulls(agent, "effective"));
    run.checkEquals("pulls that told nothing", 0, pulls(agent, "unknown"));
    Child.Finished byHand = agent.canary();
    run.check(byHand.status() == 0, "by hand: " + byHand);
    leavesNothing(run, node);
    agent.terminate();
    Check.same(run, before, node.snapshot());
  }

  /** What containerd does counts, where nobody knows how it is configured. */
  void ineffective(AgentBench bench, CaseRun run) throws Exception {
    Combination kind = new Combination(release, Setting.EMPTY, Existing.NONE, false);
    Node node = Node.start(bench, run.workspace(), kind);
    Snapshot before = node.snapshot();
    LaunchedAgent agent = new LaunchedAgent(run.workspace(), "agent", node);
    SwitchedOn.byRoot(run, "agent", node);
    agent.start();
    awaitSays(agent, Says.INEFFECTIVE);
    awaitPulls(agent, "ineffective");
    run.check(node.stands(), "the entry does not stand");
    Child.Finished byHand = agent.canary();
    run.check(byHand.status() == 1, "by hand: " + byHand);
    leavesNothing(run, node);
    agent.terminate();
    Check.same(run, before, node.snapshot());
  }

  /** An agent that was killed in the middle leaves nothing that uninstall does not find. */
  void killed(AgentBench bench, CaseRun run) throws Exception {
    Node node = Node.start(bench, run.workspace(), Combination.plain(release));
    Snapshot before = node.snapshot();
    LaunchedAgent agent = new LaunchedAgent(run.workspace(), "agent", node);
    SwitchedOn.byConfiguration(run, "agent");
    agent.launch();
    Path entry = node.containerd().certs().resolve("canary.tarn.invalid/hosts.toml");
    Await.until("a pull is under way", LIMIT, () -> Files.exists(entry));
    agent.kill();
    agent.uninstall();
    Check.same(run, before, node.snapshot());
  }

  private static void awaitSays(LaunchedAgent agent, Says expected) throws Exception {
    Await.until("the agent says: " + expected, LIMIT, () -> agent.says() == expected);
  }

  /** What is shown is as old as the last report to Tarn. */
  private static void awaitPulls(LaunchedAgent agent, String result) throws Exception {
    Await.until("a pull that was " + result, LIMIT, () -> pulls(agent, result) > 0);
  }

  private static long pulls(LaunchedAgent agent, String result) throws IOException {
    return (long) agent.metrics().sum(PULLS, "result=\"" + result + "\"");
  }

  private static void leavesNothing(CaseRun run, Node node) throws Exception {
    Path certs = node.containerd().certs();
    Await.until(
        "the canary's entry is gone",
        LIMIT,
        () -> names(certs).stream().noneMatch(name -> name.contains("canary")));
    Path blobs = node.containerd().contentStore().resolve("sha256");
    run.check(names(blobs).isEmpty(), "content is left: " + names(blobs));
  }

  private static List<String> names(Path directory) throws IOException {
    if (Files.notExists(directory)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(directory)) {
      return all.map(each -> String.valueOf(each.getFileName())).toList();
    }
  }
}
