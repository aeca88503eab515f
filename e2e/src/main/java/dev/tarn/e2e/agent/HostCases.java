package dev.tarn.e2e.agent;

import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.run.CaseRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Agents that die, are two, or find a host that takes no writes. */
final class HostCases {
  private static final Duration SOON = Duration.ofSeconds(15);
  private static final Duration COMMAND_LIMIT = Duration.ofSeconds(20);
  private static final int KILLS = 8;
  private static final int LATEST_KILL_MILLIS = 2_500;

  /** At once three times, and after 1, 2, 4 and 8 seconds. */
  private static final int MOST_RETURNS = 8;

  private final Release release;

  HostCases(Release release) {
    this.release = release;
  }

  /** Whenever it dies, the next one puts things right, and takes everything back at the end. */
  void killed(AgentBench bench, CaseRun run) throws Exception {
    Node node = Node.start(bench, run.workspace(), Combination.plain(release));
    Snapshot before = node.snapshot();
    LaunchedAgent agent = new LaunchedAgent(run.workspace(), "agent", node);
    Random random = new Random(bench.options.seed());
    for (int kill = 0; kill < KILLS; kill++) {
      agent.launch();
      TimeUnit.MILLISECONDS.sleep(random.nextInt(LATEST_KILL_MILLIS));
      agent.kill();
      Check.succeeds(run, node.pull());
    }
    agent.start();
    agent.awaitEntry(node, true, SOON);
    Check.comesToTarn(run, node.pull());
    agent.terminate();
    Check.same(run, before, node.snapshot());
  }

  /** The order of a rollout: the new one comes, then the old one ends. */
  void two(AgentBench bench, CaseRun run) throws Exception {
    Combination kind = new Combination(release, Setting.ONE_ROOT, Existing.OPERATOR_MIRROR, false);
    Node node = Node.start(bench, run.workspace(), kind);
    Snapshot before = node.snapshot();
    LaunchedAgent first = new LaunchedAgent(run.workspace(), "first", node);
    LaunchedAgent second = new LaunchedAgent(run.workspace(), "second", node);
    first.launch();
    second.launch();
    first.awaitSettled();
    second.awaitSettled();
    second.awaitEntry(node, true, SOON);
    run.checkEquals("entries in the file", 1, occurrences(node));
    Check.comesToTarn(run, node.pull());
    first.terminate();
    second.awaitEntry(node, true, SOON);
    run.checkEquals("entries in the file", 1, occurrences(node));
    second.terminate();
    Check.same(run, before, node.snapshot());
  }

  private static int occurrences(Node node) throws IOException {
    return Files.readString(node.hostsFile()).split("\\[host\\.\"" + node.tarn().uri(), -1).length
        - 1;
  }

  /** Nothing can be written: nothing is broken, and it is done once it can. */
  void readOnly(AgentBench bench, CaseRun run) throws Exception {
    Path root = run.workspace().makeDirectory("c").resolve(Node.FIRST_ROOT);
    Node node =
        Node.start(
            bench, run.workspace(), Combination.plain(release), c -> mounted(run, c, root, "1m"));
    // The file system, not the mount: of that the agent's container has a copy of its own.
    command(run, "mount", "-o", "remount,ro", root.toString());
    command(run, "mount", "-o", "remount,bind,rw", root.toString());
    Snapshot before = node.snapshot();
    LaunchedAgent agent = new LaunchedAgent(run.workspace(), "agent", node);
    agent.start();
    Check.succeeds(run, node.pull());
    run.check(agent.says() != Says.EFFECTIVE, "the agent says that containerd comes to Tarn");
    Check.same(run, before, node.snapshot());
    command(run, "mount", "-o", "remount,rw", root.toString());
    agent.awaitEntry(node, true, Duration.ofSeconds(90));
    agent.terminate();
    Check.same(run, before, node.snapshot());
  }

  /** There is no room: what stood there stands, whole. */
  void fullDisk(AgentBench bench, CaseRun run) throws Exception {
    Path root = run.workspace().makeDirectory("c").resolve(Node.FIRST_ROOT);
    Combination kind = new Combination(release, Setting.ONE_ROOT, Existing.OPERATOR_MIRROR, false);
    Node node = Node.start(bench, run.workspace(), kind, c -> mounted(run, c, root, "64k"));
    Path filler = root.resolve("filler");
    fill(filler);
    Snapshot before = node.snapshot();
    LaunchedAgent agent = new LaunchedAgent(run.workspace(), "agent", node);
    agent.start();
    Check.succeeds(run, node.pull());
    Check.same(run, before, node.snapshot());
    run.check(agent.alive(), "the agent ended");
    Files.delete(filler);
    agent.awaitEntry(node, true, Duration.ofSeconds(90));
    fill(filler);
    // Taking it back needs a file's room, too; what cannot be done now is done by the next.
    agent.kill();
    Files.delete(filler);
    agent.uninstall();
    fill(filler);
    Check.same(run, before, node.snapshot());
  }

  private static void fill(Path file) throws IOException {
    Files.createFile(file);
    byte[] page = new byte[4096];
    try (var out = Files.newOutputStream(file)) {
      while (true) {
        out.write(page);
      }
    } catch (IOException full) {
      return;
    }
  }

  private static Path mounted(CaseRun run, Path directory, Path root, String size) {
    try {
      Files.createDirectories(root);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    command(
        run, "mount", "-t", "tmpfs", "-o", "size=" + size + ",mode=755", "none", root.toString());
    run.workspace().own(() -> command(run, "umount", "-l", root.toString()));
    return directory;
  }

  private static void command(CaseRun run, String... words) {
    Child.run(words[0], run.workspace().directory(), Map.of(), List.of(words), COMMAND_LIMIT)
        .orFail();
  }

  /** A root that containerd is told of and that is not there is made, and is gone at the end. */
  void rootAbsent(AgentBench bench, CaseRun run) throws Exception {
    Node node = Node.start(bench, run.workspace(), Combination.plain(release));
    Files.delete(node.containerd().certs());
    Snapshot before = node.snapshot();
    LaunchedAgent agent = new LaunchedAgent(run.workspace(), "agent", node);
    for (boolean killed : List.of(false, true)) {
      agent.start();
      agent.awaitEntry(node, true, SOON);
      Check.comesToTarn(run, node.pull());
      if (killed) {
        agent.kill();
        agent.uninstall();
      } else {
        agent.terminate();
      }
      Check.same(run, before, node.snapshot());
    }
  }

  /** By explicit choice one entry is for all registries. */
  void allOthers(AgentBench bench, CaseRun run) throws Exception {
    Node node = Node.start(bench, run.workspace(), Combination.plain(release));
    Snapshot before = node.snapshot();
    LaunchedAgent agent = new LaunchedAgent(run.workspace(), "agent", node);
    agent.configure(node, List.of("_default"));
    agent.start();
    run.check(
        node.stands(node.hostsFile(Node.FIRST_ROOT, "_default")), "there is no entry for all");
    run.check(!node.stands(), "there is an entry for the registry");
    Check.comesToTarn(run, node.pull());
    agent.awaitSays(Says.EFFECTIVE);
    agent.terminate();
    Check.same(run, before, node.snapshot());
  }

  /** containerd looks no further than the first root that has a directory for a registry. */
  void secondRoot(AgentBench bench, CaseRun run) throws Exception {
    Combination kind = new Combination(release, Setting.LOCAL_PULL, Existing.NONE, false);
    Node node = Node.start(bench, run.workspace(), kind);
    node.furnish(Existing.OPERATOR_MIRROR, NodePlan.SECOND_ROOT);
    Snapshot before = node.snapshot();
    run.check(
        node.pull().sources().equals(Set.of(Source.OPERATOR)),
        "containerd does not read the second root");
    LaunchedAgent agent = new LaunchedAgent(run.workspace(), "agent", node);
    agent.start();
    run.check(
        node.stands(node.hostsFile(NodePlan.SECOND_ROOT, node.name())),
        "the entry is not in the second root");
    run.check(!node.stands(), "there is an entry in the first root, which hides the second");
    run.check(agent.inspect(node) == Says.EFFECTIVE, "inspect does not say so");
    Check.comesToTarn(run, node.pull());
    agent.awaitSays(Says.EFFECTIVE);
    agent.terminate();
    Check.same(run, before, node.snapshot());
  }

  /** A registry that is not configured any more has its entry taken back. */
  void registryRemoved(AgentBench bench, CaseRun run) throws Exception {
    Node node = Node.start(bench, run.workspace(), Combination.plain(release));
    Snapshot before = node.snapshot();
    LaunchedAgent agent = new LaunchedAgent(run.workspace(), "agent", node);
    agent.start();
    agent.awaitEntry(node, true, SOON);
    agent.kill();
    agent.configure(node, List.of("other.test"));
    agent.launch();
    agent.awaitEntry(node, false, SOON);
    agent.terminate();
    Check.same(run, before, node.snapshot());
  }

  /** Somebody takes it away, again and again: it comes back, less and less often. */
  void drift(AgentBench bench, CaseRun run) throws Exception {
    Node node = Node.start(bench, run.workspace(), Combination.plain(release));
    Snapshot before = node.snapshot();
    LaunchedAgent agent = new LaunchedAgent(run.workspace(), "agent", node);
    agent.start();
    agent.awaitEntry(node, true, SOON);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
    int removals = 0;
    while (System.nanoTime() < deadline) {
      if (Files.deleteIfExists(node.hostsFile())) {
        removals++;
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
    run.figure("removals_in_15_s", removals);
    run.checkBetween("times the entry came back within 15 s", 2, MOST_RETURNS, removals);
    Await.until("the entry stands again", Duration.ofSeconds(90), node::stands);
    agent.terminate();
    Check.same(run, before, node.snapshot());
  }
}
