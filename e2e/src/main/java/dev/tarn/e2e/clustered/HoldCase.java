package dev.tarn.e2e.clustered;

import dev.tarn.e2e.laptop.LaptopCluster;
import dev.tarn.e2e.laptop.Machine;
import dev.tarn.e2e.process.Tools;
import dev.tarn.e2e.run.CaseRun;
import java.util.concurrent.CountDownLatch;

/** The cluster with Tarn in it, for somebody who wants to look around. */
final class HoldCase {
  static final String NAME = "the cluster, until it is told to end";

  private HoldCase() {}

  static void run(ClusterBench bench, CaseRun run) throws Exception {
    bench.release();
    System.out.println(describe(bench.laptop()));
    System.out.flush();
    new CountDownLatch(1).await();
  }

  private static String describe(LaptopCluster cluster) {
    StringBuilder text = new StringBuilder();
    text.append(
        """

        export KUBECONFIG=%s
        export PATH=%s:%s:$PATH
        images   %s in references; push to %s, by plain HTTP
        logs     %s
        """
            .formatted(
                cluster.kubeconfig(),
                cluster.plane().programs(),
                Tools.build("helm"),
                cluster.registryHost(),
                cluster.upstream().origin().getAuthority(),
                cluster.directory()));
    for (Machine machine : cluster.machines()) {
      text.append(
          "%s   %s, containerd %s: %s%n"
              .formatted(
                  machine.name(),
                  machine.address(),
                  machine.containerd().minor(),
                  machine.shell()));
    }
    return text.append("Ctrl-C ends it.").toString();
  }
}
