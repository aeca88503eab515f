package dev.tarn.e2e.laptop;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tarn.e2e.node.Metrics;
import dev.tarn.e2e.process.Child;

/** A release of the chart in a cluster, under the name {@code tarn}. Commands block. */
public final class TarnRelease {
  public static final String NAME = "tarn";

  private final KubeCluster cluster;
  private final String namespace;

  private TarnRelease(KubeCluster cluster, String namespace) {
    this.cluster = cluster;
    this.namespace = namespace;
  }

  /**
   * Makes the namespace where it is not there, and installs; returns as soon as helm does.
   *
   * @param settings as {@code --set} takes them, besides what this cluster needs: registries, the
   *     image, the API server's address
   */
  public static TarnRelease install(
      KubeCluster cluster, String namespace, TarnBuild build, String... settings) {
    throw new UnsupportedOperationException("soon");
  }

  public void upgrade(TarnBuild build, String... settings) {
    throw new UnsupportedOperationException("soon");
  }

  /** Uninstalls, and waits until no pod of the release is left. */
  public void uninstall() throws Exception {
    throw new UnsupportedOperationException("soon");
  }

  /** Waits until every node's pod is of the newest generation and ready. */
  public void awaitReady() throws Exception {
    throw new UnsupportedOperationException("soon");
  }

  /** Waits until every node's agent has a hosts.toml in place for the cluster's registry. */
  public void awaitMirrored() throws Exception {
    throw new UnsupportedOperationException("soon");
  }

  public KubeCluster cluster() {
    return cluster;
  }

  public String namespace() {
    return namespace;
  }

  /** The pod of server and agent on that node. */
  public JsonNode pod(String node) {
    throw new UnsupportedOperationException("soon");
  }

  /** What the containers of that node's pod have logged: {@code tarn} or {@code agent}. */
  public String logs(String node, String container) {
    throw new UnsupportedOperationException("soon");
  }

  /** What the server on that node counts. */
  public Metrics metrics(String node) {
    throw new UnsupportedOperationException("soon");
  }

  /** {@code helm test}. */
  public Child.Finished test() {
    throw new UnsupportedOperationException("soon");
  }
}
