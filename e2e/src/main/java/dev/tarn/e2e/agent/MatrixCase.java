package dev.tarn.e2e.agent;

import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.run.CaseRun;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * One combination: what stood there, the agent's opinion, a pull, perhaps a foreign edit, and
 * everything back.
 */
final class MatrixCase {
  private static final Duration OPINION_LIMIT = Duration.ofSeconds(15);
  private static final int PULLS = 8;

  private final Combination kind;
  private final int number;

  /**
   * Makes a case.
   *
   * @param number of the case: every third one meets a foreign edit, every other one a kill -9
   */
  MatrixCase(Combination kind, int number) {
    this.kind = kind;
    this.number = number;
  }

  void run(AgentBench bench, CaseRun run) throws Exception {
    Node node = Node.start(bench, run.workspace(), kind);
    Snapshot before = node.snapshot();
    Path expected = node.copy(run.workspace().makeDirectory("expected"));
    Node.Pulled without = node.pull();
    LaunchedAgent agent = new LaunchedAgent(run.workspace(), "agent", node);
    agent.start();
    Says saidBefore = agent.says();
    Node.Pulled with = throughTarnAlone(node);
    boolean arrived = with.sources().contains(Source.TARN);
    Says saidAfter = opinion(agent, arrived);
    String problem = problem(saidBefore, saidAfter, without, with);
    bench.table.add(
        new ResultTable.Row(
            kind, saidBefore, saidAfter, with.sources(), problem.isEmpty() ? "ok" : "WRONG"));
    run.check(problem.isEmpty(), problem);
    takeBack(run, node, agent, before, expected);
  }

  /**
   * A pull; where containerd comes to Tarn, one that needs nobody else. Tarn may take a moment to
   * learn whom the operator's file names.
   */
  private static Node.Pulled throughTarnAlone(Node node) {
    Node.Pulled pulled = node.pull();
    for (int again = 0; again < PULLS && pulled.sources().contains(Source.TARN); again++) {
      if (pulled.sources().size() == 1) {
        return pulled;
      }
      pulled = node.pull();
    }
    return pulled;
  }

  /** It may take a moment to learn of a request. */
  private static Says opinion(LaunchedAgent agent, boolean arrived) throws Exception {
    if (arrived) {
      Await.until(
          "the agent says of containerd, which came to Tarn, that it comes there",
          OPINION_LIMIT,
          () -> agent.says() == Says.EFFECTIVE || agent.says() == Says.UNKNOWN);
    }
    return agent.says();
  }

  private static String problem(Says before, Says after, Node.Pulled without, Node.Pulled with) {
    boolean arrived = with.sources().contains(Source.TARN);
    if (without.succeeded() && !with.succeeded()) {
      return "a pull failed that had worked without Tarn: " + with.output();
    }
    if (arrived && (before == Says.INEFFECTIVE || after == Says.INEFFECTIVE)) {
      return "containerd came to Tarn, and the agent says that it does not";
    }
    if (!arrived && (before == Says.EFFECTIVE || after == Says.EFFECTIVE)) {
      return "containerd did not come to Tarn but to %s, and the agent says that it does"
          .formatted(with.sources());
    }
    if (arrived && with.sources().size() > 1) {
      return "Tarn could not serve a pull, which came to " + with.sources();
    }
    return "";
  }

  private void takeBack(CaseRun run, Node node, LaunchedAgent agent, Snapshot before, Path expected)
      throws Exception {
    ForeignEdit edit = ForeignEdit.ofCase(number);
    edit.make(node.hostsFile());
    edit.make(expected.resolve(Node.FIRST_ROOT).resolve(node.name()).resolve("hosts.toml"));
    if (number % 2 == 0) {
      agent.kill();
    } else {
      agent.terminate();
    }
    agent.uninstall();
    agent.uninstall();
    Snapshot wanted = edit == ForeignEdit.NOTHING ? before : Node.snapshot(expected);
    List<String> differences = wanted.differences(node.snapshot());
    run.check(
        differences.isEmpty(),
        "after uninstall (foreign edit: " + edit + "):\n" + String.join("\n", differences));
    Node.Pulled afterwards = node.pull();
    run.check(!afterwards.sources().contains(Source.TARN), "containerd still comes to Tarn");
  }
}
