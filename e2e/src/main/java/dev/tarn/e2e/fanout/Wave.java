package dev.tarn.e2e.fanout;

import dev.tarn.e2e.bench.MachineUse;
import dev.tarn.e2e.cluster.ClusterNode;
import dev.tarn.e2e.cluster.PullReport;
import dev.tarn.e2e.cluster.Puller;
import dev.tarn.e2e.cluster.Site;
import dev.tarn.e2e.cluster.Upstream;
import dev.tarn.e2e.fanout.FanoutBench.Way;
import dev.tarn.e2e.http.Exchange;
import dev.tarn.e2e.http.Traffic;
import dev.tarn.e2e.image.Blob;
import dev.tarn.e2e.image.Image;
import dev.tarn.e2e.process.Workspace;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * What came of the same pull by several nodes.
 *
 * @param pulls in the order of nodes
 * @param wallSeconds from the first start to the last end
 * @param upstreamBytes of blobs that upstream sent
 * @param upstreamLinkBytes that left by upstream's cable
 * @param sent by each node's cable
 * @param machineCpuSeconds of everything meanwhile
 * @param tarnCpuSeconds of all Tarns together
 */
record Wave(
    List<PullReport> pulls,
    double wallSeconds,
    long upstreamBytes,
    long upstreamLinkBytes,
    List<Exchange> upstreamRequests,
    List<Long> sent,
    double machineCpuSeconds,
    double tarnCpuSeconds) {

  /** Lets the nodes of these numbers pull, each after its delay. */
  static Wave run(FanoutBench bench, Plan plan) throws Exception {
    Traffic traffic = bench.upstream.traffic(plan.registry());
    traffic.forget();
    Site.Passed upstreamBefore = bench.upstream.site().passed();
    List<Site.Passed> before = new ArrayList<>();
    for (Site site : bench.sites) {
      before.add(site.passed());
    }
    double cpu = MachineUse.cpuSeconds();
    double tarnCpu = tarnCpuSeconds(bench);
    long start = System.nanoTime();
    List<FutureTask<PullReport>> started = new ArrayList<>();
    for (Start each : plan.starts()) {
      long due = start + (long) (each.afterSeconds() * 1e9);
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      started.add(bench.pull(each.node(), plan.registry(), plan.tag(), plan.way()));
    }
    List<PullReport> pulls = new ArrayList<>();
    for (FutureTask<PullReport> pull : started) {
      pulls.add(FanoutBench.succeeded(pull.get()));
    }
    double wall = (System.nanoTime() - start) / 1e9;
    double cpuAfter = MachineUse.cpuSeconds();
    double tarnCpuAfter = tarnCpuSeconds(bench);
    List<Long> sent = new ArrayList<>();
    for (int number = 0; number < bench.sites.size(); number++) {
      sent.add(bench.sites.get(number).passed().since(before.get(number)).sent());
    }
    Set<String> blobs = plan.image().blobs().stream().map(Blob::digest).collect(Collectors.toSet());
    return new Wave(
        pulls,
        wall,
        blobs.stream().mapToLong(traffic::bytes).sum(),
        bench.upstream.site().passed().since(upstreamBefore).sent(),
        Upstream.contentRequests(traffic),
        sent,
        cpuAfter - cpu,
        tarnCpuAfter - tarnCpu);
  }

  private static double tarnCpuSeconds(FanoutBench bench) {
    return bench.nodes.stream().mapToDouble(ClusterNode::cpuSeconds).sum();
  }

  /** When a node starts. */
  record Start(int node, double afterSeconds) {}

  /** Who pulls what. */
  record Plan(String registry, String tag, Image image, Way way, List<Start> starts) {
    Plan {
      starts = starts.stream().sorted(Comparator.comparingDouble(Start::afterSeconds)).toList();
    }
  }

  double slowest() {
    return pulls.stream().mapToDouble(PullReport::seconds).max().orElseThrow();
  }

  double median() {
    List<Double> sorted = pulls.stream().map(PullReport::seconds).sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  /** The bytes of the image's blobs that clients fetched from upstream themselves. */
  long clientBytes() {
    return upstreamRequests.stream()
        .filter(e -> e.blob() && e.header("User-Agent").filter(Puller.AGENT::equals).isPresent())
        .mapToLong(Exchange::bytes)
        .sum();
  }

  int fallbacks() {
    return pulls.stream().mapToInt(PullReport::fallbacks).sum();
  }

  /** How busy the processors were on average, of all of them. */
  double cpuPercent() {
    return 100 * machineCpuSeconds / wallSeconds / Runtime.getRuntime().availableProcessors();
  }

  /** Everything not as expected, for a failing case's log. */
  void keepTroubles(Workspace workspace, String name) throws Exception {
    StringBuilder text = new StringBuilder();
    pulls.forEach(pull -> text.append(pull).append('\n'));
    upstreamRequests.forEach(request -> text.append(request).append('\n'));
    Files.writeString(workspace.directory().resolve(name + ".txt"), text);
  }
}
