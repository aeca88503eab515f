package dev.tarn.e2e.clustered;

import dev.tarn.e2e.laptop.KubeCluster;
import dev.tarn.e2e.laptop.LaptopCluster;
import dev.tarn.e2e.laptop.TarnBuild;
import dev.tarn.e2e.laptop.TarnRelease;
import dev.tarn.e2e.process.Workspace;
import dev.tarn.e2e.run.CaseRun;

/** What the cases share: the cluster, and the release of Tarn in it. */
final class ClusterBench {
  /** Where Tarn is installed. */
  static final String NAMESPACE = "tarn";

  private ClusterBench() {}

  static ClusterBench open(Workspace workspace) throws Exception {
    throw new UnsupportedOperationException("soon");
  }

  KubeCluster cluster() {
    throw new UnsupportedOperationException("soon");
  }

  /** The cluster, for cases that need its machines: they are skipped where it is another one. */
  LaptopCluster laptop() {
    throw new UnsupportedOperationException("soon");
  }

  /** The chart and image of this repository. */
  TarnBuild build() {
    throw new UnsupportedOperationException("soon");
  }

  /** The release, installed now where it is not, and ready on every node. */
  TarnRelease release() throws Exception {
    throw new UnsupportedOperationException("soon");
  }

  /** A namespace for the case alone, which goes with all that is in it when the case is over. */
  String namespace(CaseRun run) throws Exception {
    throw new UnsupportedOperationException("soon");
  }
}
