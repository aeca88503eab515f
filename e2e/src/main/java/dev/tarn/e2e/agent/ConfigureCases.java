package dev.tarn.e2e.agent;

import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.run.CaseRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** {@code configure-containerd} on a node whose containerd reads no hosts.toml. */
final class ConfigureCases {
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final String DROP_INS = "conf.d";

  private final Release release;

  ConfigureCases(Release release) {
    this.release = release;
  }

  /** One change and one restart, after which containerd comes to Tarn; and the agent notices. */
  void makesEffective(AgentBench bench, CaseRun run) throws Exception {
    Node node = node(bench, run);
    FakeSystemd systemd = imports(run, node);
    LaunchedAgent agent = new LaunchedAgent(run.workspace(), "agent", node);
    SwitchedOn.byRoot(run, "agent", node);
    agent.start();
    Await.until("the canary does not come", LIMIT, () -> agent.says() == Says.INEFFECTIVE);
    Node.Pulled past = node.pull();
    run.check(past.succeeded(), "a pull failed: " + past.output());
    run.check(!past.sources().contains(Source.TARN), "containerd came to Tarn already");
    String before = configuration(node);

    Child.Finished printed = systemd.configure(node, "--print");
    run.check(printed.status() == 1, "printed: " + printed);
    run.check(printed.output().contains("config_path = \"" + certs(node)), printed.output());
    run.checkEquals("restarts", 0, systemd.restarts());
    run.check(configuration(node).equals(before), "--print changed the configuration");

    Child.Finished done = systemd.configure(node);
    run.check(done.status() == 0 && done.output().contains("done: "), "configured: " + done);
    run.checkEquals("restarts", 1, systemd.restarts());
    boolean droppedIn = Files.exists(dropIns(node).resolve("zz-tarn.toml"));
    // With 1.x a drop-in takes the place of the plugin's whole table.
    run.check(droppedIn == (release.configVersion() > 2), "a drop-in: " + droppedIn);
    run.check(configuration(node).equals(before) == droppedIn, "the main file: " + droppedIn);
    Check.comesToTarn(run, node.pull());
    Await.until("the agent notices", LIMIT, () -> agent.says() == Says.EFFECTIVE);

    Child.Finished again = systemd.configure(node);
    run.check(again.status() == 0, "again: " + again);
    run.check(again.output().contains("nothing to do: "), again.output());
    run.checkEquals("restarts", 1, systemd.restarts());
  }

  /** containerd does not come back with the change: it is as it was, and not tried again. */
  void rollsBack(AgentBench bench, CaseRun run) throws Exception {
    Node node = node(bench, run);
    FakeSystemd systemd = imports(run, node);
    String before = configuration(node);
    systemd.refuseTheRoot();

    Child.Finished tried = systemd.configure(node);
    run.check(tried.status() == 3, "tried: " + tried);
    run.check(
        tried.output().contains("taken back: ") && tried.output().contains("containerd is well"),
        tried.output());
    run.checkEquals("restarts", 2, systemd.restarts());
    run.check(configuration(node).equals(before), "the configuration is another one");
    run.check(Files.notExists(dropIns(node).resolve("zz-tarn.toml")), "the drop-in is still there");
    Check.succeeds(run, node.pull());

    Child.Finished again = systemd.configure(node);
    run.check(again.status() == 1 && again.output().contains("tried before"), "again: " + again);
    run.checkEquals("restarts", 2, systemd.restarts());
  }

  private Node node(AgentBench bench, CaseRun run) throws Exception {
    Combination kind = new Combination(release, Setting.EMPTY, Existing.NONE, false);
    return Node.start(bench, run.workspace(), kind);
  }

  /** As nodes are shipped whose main file imports a directory. */
  private static FakeSystemd imports(CaseRun run, Node node) throws Exception {
    FakeSystemd systemd = FakeSystemd.of(run, node);
    Path file = node.containerd().configuration();
    Files.createDirectory(dropIns(node));
    String text = Files.readString(file);
    int line = text.indexOf('\n') + 1;
    Files.writeString(
        file,
        text.substring(0, line)
            + "imports = [\"%s/*.toml\"] # ours\n".formatted(dropIns(node))
            + unset(text.substring(line)));
    systemd.restart();
    return systemd;
  }

  /** A drop-in is read last; but where a file says that it is empty, that is for all versions. */
  private static String unset(String text) {
    return text.replace("config_path = \"\"\n", "");
  }

  private static Path certs(Node node) {
    return node.containerd().certs();
  }

  private static Path dropIns(Node node) {
    return node.containerd().configuration().resolveSibling(DROP_INS);
  }

  private static String configuration(Node node) throws Exception {
    return Files.readString(node.containerd().configuration());
  }
}
