package dev.tarn.e2e.cluster;

import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.http.Head;
import dev.tarn.e2e.http.RawClient;
import dev.tarn.e2e.node.Metrics;
import dev.tarn.e2e.node.ProcessFacts;
import dev.tarn.e2e.node.TarnProcess;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Workspace;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A Tarn process at a site, with a store on a file system of its own. Commands block and come from
 * one thread at a time; what it tells may be asked by any.
 */
public final class ClusterNode implements AutoCloseable {
  static final int REGISTRY_PORT = 5050;
  static final int PEER_PORT = 5051;
  private static final int ADMIN_PORT = 5052;
  private static final Duration READY_LIMIT = Duration.ofSeconds(90);

  private final Site site;
  private final Path directory;
  private final Path disk;
  private final Path store;
  private final NodePlan plan;
  private volatile Child process;

  private ClusterNode(Site site, Path directory, Path disk, Path store, NodePlan plan) {
    this.site = site;
    this.directory = directory;
    this.disk = disk;
    this.store = store;
    this.plan = plan;
    this.process = launch();
  }

  /** Starts one; it need not be ready yet. */
  public static ClusterNode start(Workspace workspace, Site site, NodePlan plan)
      throws IOException {
    Path directory = workspace.makeDirectory(site.called());
    Path disk = workspace.makeDirectory(site.called() + "/disk");
    Shell.run(
        "mount", "-t", "tmpfs", "-o", "size=" + plan.storeMib() + "m", "tarn-e2e", disk.toString());
    Path store = workspace.makeDirectory(site.called() + "/disk/store");
    Files.writeString(directory.resolve("tarn.yaml"), plan.yaml(store));
    return workspace.own(new ClusterNode(site, directory, disk, store, plan));
  }

  private Child launch() {
    return TarnProcess.start(
        directory,
        directory.resolve("tarn.yaml"),
        plan.javaOptions(),
        command -> {
          List<String> whole = new ArrayList<>();
          if (!plan.environment().isEmpty()) {
            whole.add("env");
            whole.addAll(plan.environment());
          }
          whole.addAll(command);
          return site.within(whole);
        });
  }

  public String name() {
    return site.called();
  }

  public Site site() {
    return site;
  }

  public Path store() {
    return store;
  }

  /** The root of the file system that its store is on. */
  public Path disk() {
    return disk;
  }

  public Child process() {
    return process;
  }

  /** Returns when it says that it is ready. */
  public void awaitReady() throws Exception {
    Await.until(
        name() + " is ready, see its tarn.log",
        READY_LIMIT,
        () -> {
          if (!process.alive()) {
            throw new CaseFailed(name() + " ended; " + process.tail());
          }
          return ready();
        });
  }

  /** Whether it says so now. */
  public boolean ready() throws Exception {
    try {
      return admin("/readyz").head().status() == 200;
    } catch (IOException nobody) {
      return false;
    }
  }

  /** Its metrics, or none where it does not answer. */
  public Optional<Metrics> metrics() throws Exception {
    try {
      return Optional.of(
          Metrics.parse(new String(admin("/metrics").body(), StandardCharsets.UTF_8)));
    } catch (IOException nobody) {
      return Optional.empty();
    }
  }

  private RawClient.Answer admin(String path) throws Exception {
    Head request = RawClient.request("GET", path, Optional.empty());
    return site.call(
        () ->
            RawClient.ask(
                    new InetSocketAddress(site.address(), ADMIN_PORT),
                    request,
                    new RawClient.Patience.Endless())
                .orElseThrow());
  }

  /** The processor time that its process took so far, without what the kernel did for it. */
  public double cpuSeconds() {
    return process.all().getFirst().info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9;
  }

  /** SIGKILL; its files stay. */
  public void kill() {
    process.kill();
  }

  /** Starts it again where it is over; it need not be ready when this returns. */
  public void restart() {
    if (!process.alive()) {
      process = launch();
    }
  }

  /** SIGSTOP, or SIGCONT. */
  public void pause(boolean isPaused) {
    for (ProcessHandle each : process.all()) {
      var _ =
          Shell.attempt(
              List.of("sh", "-c", "kill -" + (isPaused ? "STOP " : "CONT ") + each.pid()));
    }
  }

  /** What its open descriptors lead to, without what Java always holds open. */
  public List<String> openFiles() {
    return new ProcessFacts(process.pid()).openFiles();
  }

  /** Whether its store has a byte of that blob, whole or in part. */
  public boolean storesAnyOf(String digest) throws IOException {
    String hex = digest.substring(digest.indexOf(':') + 1);
    try (var all = Files.walk(store)) {
      return all.anyMatch(file -> file.getFileName().toString().startsWith(hex));
    }
  }

  /** Where a complete blob is. */
  public Path fileOf(String digest) {
    String hex = digest.substring(digest.indexOf(':') + 1);
    return store.resolve("blobs/sha256").resolve(hex.substring(0, 2)).resolve(hex);
  }

  @Override
  public void close() {
    if (process.alive()) {
      pause(false);
      process.close();
    }
    var _ = Shell.attempt(List.of("umount", "-l", disk.toString()));
  }
}
