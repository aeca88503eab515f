package dev.tarn.e2e.laptop;

import dev.tarn.e2e.kube.Clients;
import dev.tarn.e2e.kube.KubeApi;
import dev.tarn.e2e.process.Child;
import java.nio.file.Path;
import java.util.List;

/**
 * A Kubernetes whose kubelets really run pods: the one that this harness starts, or one that is
 * there. Commands block; the API may be asked by several threads.
 */
public interface KubeCluster {
  /** As one who may do all. */
  KubeApi api();

  /** As one who may do all. */
  Clients clients();

  default Child.Finished kubectl(String... arguments) {
    return clients().kubectl(arguments);
  }

  default Child.Finished helm(String... arguments) {
    return clients().helm(arguments);
  }

  /** For kubectl and helm, as one who may do all. */
  Path kubeconfig();

  /** Where files for it may be put. */
  Path directory();

  /** The names of the nodes there are now. */
  List<String> nodes();

  /** The registry that images are pushed to, and that nodes and pods pull from. */
  Upstream upstream();

  /** What image references name it: {@code host:port} as nodes and pods reach it. */
  default String registryHost() {
    return upstream().host();
  }

  /** What a server on a port of a node's address says at that path. */
  String page(String node, int port, String path);
}
