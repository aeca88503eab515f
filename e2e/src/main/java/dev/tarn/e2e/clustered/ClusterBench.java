package dev.tarn.e2e.clustered;

import dev.tarn.e2e.laptop.ExistingCluster;
import dev.tarn.e2e.laptop.KubeCluster;
import dev.tarn.e2e.laptop.LaptopCluster;
import dev.tarn.e2e.laptop.MachinePlan;
import dev.tarn.e2e.laptop.TarnBuild;
import dev.tarn.e2e.laptop.TarnRelease;
import dev.tarn.e2e.process.Workspace;
import dev.tarn.e2e.run.CaseRun;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What the cases share, one after another: the cluster, and the release of Tarn in it. */
final class ClusterBench {
  /** Where Tarn is installed. */
  static final String NAMESPACE = "tarn";

  private final KubeCluster cluster;
  private final TarnBuild build;
  private final Before before;
  private final AtomicInteger namespaces = new AtomicInteger();
  private @Nullable TarnRelease release;

  private ClusterBench(KubeCluster cluster, TarnBuild build) {
    this.cluster = cluster;
    this.build = build;
    this.before = Before.of(cluster);
  }

  static ClusterBench open(Workspace workspace, ClusterOptions options) throws Exception {
    KubeCluster cluster =
        options.kubeconfig().isPresent()
            ? ExistingCluster.open(
                workspace, options.kubeconfig().orElseThrow(), options.registryAddress())
            : LaptopCluster.start(workspace, MachinePlan.three());
    ClusterBench bench =
        new ClusterBench(cluster, TarnBuild.current(cluster, workspace.directory()));
    if (options.kubeconfig().isPresent()) {
      // It goes on when the suite is over.
      workspace.own(bench::uninstall);
    }
    return bench;
  }

  KubeCluster cluster() {
    return cluster;
  }

  /** The cluster, for cases that need its machines: they are skipped where it is another one. */
  LaptopCluster laptop() {
    return (LaptopCluster) cluster;
  }

  /** Removes images from all nodes that are machines of the harness's. */
  void dropImages(Predicate<String> reference) {
    if (cluster instanceof LaptopCluster laptop) {
      laptop.machines().forEach(machine -> machine.dropImages(reference));
    }
  }

  /** The chart and image of this repository. */
  TarnBuild build() {
    return build;
  }

  /** What there was before Tarn came. */
  Before before() {
    return before;
  }

  /** The release, installed now where it is not, and ready on every node. */
  TarnRelease release() throws Exception {
    TarnRelease there = release;
    if (there == null) {
      there = install();
    }
    return there;
  }

  /** Installs it; returns when it is ready on every node, and nodes know each other. */
  TarnRelease install(String... settings) throws Exception {
    return install(build, settings);
  }

  /** Installs it; returns as soon as helm does. */
  TarnRelease begin(String... settings) {
    TarnRelease made = TarnRelease.install(cluster, NAMESPACE, build, settings);
    release = made;
    return made;
  }

  /** The same of another chart and image. */
  TarnRelease install(TarnBuild other, String... settings) throws Exception {
    TarnRelease made = TarnRelease.install(cluster, NAMESPACE, other, settings);
    release = made;
    made.awaitReady();
    made.awaitPeers();
    return made;
  }

  /** Takes it away, where it is there. */
  void uninstall() throws Exception {
    TarnRelease there = release;
    if (there != null) {
      release = null;
      there.uninstall();
    }
  }

  /** A namespace for the case alone, which goes with all that is in it when the case is over. */
  String namespace(CaseRun run) {
    String name = "case-" + namespaces.incrementAndGet();
    cluster
        .api()
        .create(
            "/api/v1/namespaces",
            "{apiVersion: v1, kind: Namespace, metadata: {name: " + name + "}}")
        .orFail();
    run.workspace()
        .own(() -> cluster.kubectl("delete", "namespace", name, "--wait", "--timeout=3m").orFail());
    return name;
  }
}
