package dev.tarn.e2e.agent;

import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.run.CaseRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * One combination: what stood there, the agent's opinion, a pull, perhaps a foreign edit, and
 * everything back.
 */
final class MatrixCase {
  private static final int PULLS = 8;

  private final Combination kind;
  private final int number;

  /**
   * Makes a case.
   *
   * @param number of the case: some meet a foreign edit, and every other one a kill -9
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
    Says inspected = agent.inspect(node);
    Says saidBefore = agent.says();
    boolean stood = node.stands();
    Node.Pulled with = throughTarnAlone(node);
    Says saidAfter = opinion(agent);
    List<String> problems = new ArrayList<>();
    compare(problems, "a pull before Tarn came", Set.of(kind.ownSource()), without.sources());
    compare(problems, "inspect", kind.expectedOfInspect(), inspected);
    compare(problems, "the agent before a pull", kind.expectedBefore(), saidBefore);
    compare(problems, "an entry stands", wantsEntry(), stood);
    compare(problems, "a pull", kind.expectedSources(), with.sources());
    compare(problems, "Tarn", kind.expectedUpstreams(), with.upstreams());
    compare(problems, "the agent after it", kind.expectedAfter(), saidAfter);
    bench.table.add(
        new ResultTable.Row(
            kind,
            inspected,
            saidBefore,
            saidAfter,
            with.sources(),
            with.upstreams(),
            problems.isEmpty() && without.succeeded() && with.succeeded() ? "ok" : "WRONG"));
    run.check(problems.isEmpty(), String.join("\n", problems));
    Check.succeeds(run, without);
    Check.succeeds(run, with);
    takeBack(run, node, agent, before, expected);
  }

  /** Also where containerd does not read it: then it does as soon as it is configured to. */
  private boolean wantsEntry() {
    return kind.hasRoots() && kind.existing().allowsEntry();
  }

  private static void compare(List<String> problems, String what, Object expected, Object actual) {
    if (!Objects.equals(expected, actual)) {
      problems.add(what + ": expected " + expected + ", was " + actual);
    }
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

  /** Where that is what it must say, it may take a moment. */
  private Says opinion(LaunchedAgent agent) throws Exception {
    try {
      agent.awaitSays(kind.expectedAfter());
    } catch (CaseFailed otherwise) {
      // What it says instead stands in the table.
    }
    return agent.says();
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
    Check.succeeds(run, afterwards);
    List<String> problems = new ArrayList<>();
    // A directory of its own, which somebody else made meanwhile, hides _default from a registry.
    Source source =
        edit != ForeignEdit.NOTHING && kind.existing() == Existing.DEFAULT
            ? afterwards.sources().iterator().next()
            : kind.ownSource();
    compare(problems, "a pull after uninstall", Set.of(source), afterwards.sources());
    run.check(problems.isEmpty(), String.join("\n", problems));
  }
}
