package dev.tarn.e2e.laptop;

import dev.tarn.e2e.kube.ControlPlane;
import dev.tarn.e2e.kube.KubeApi;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Workspace;
import java.nio.file.Path;
import java.util.List;

/** The cluster that the harness starts on this machine; its workspace ends all of it. */
public final class LaptopCluster implements KubeCluster {
  private LaptopCluster() {}

  /** Starts one; returns when every node is ready. */
  public static LaptopCluster start(Workspace workspace, List<MachinePlan> plans) throws Exception {
    throw new UnsupportedOperationException("soon");
  }

  /** Adds a node; returns when it is ready. */
  public Machine join(MachinePlan plan) throws Exception {
    throw new UnsupportedOperationException("soon");
  }

  /** Switches a node off for good, as it stands, and deletes its Node. */
  public void leave(Machine machine) throws Exception {
    throw new UnsupportedOperationException("soon");
  }

  public List<Machine> machines() {
    throw new UnsupportedOperationException("soon");
  }

  public Machine machine(String name) {
    throw new UnsupportedOperationException("soon");
  }

  /** Its API server may be stopped and started. */
  public ControlPlane plane() {
    throw new UnsupportedOperationException("soon");
  }

  /** Where nodes reach this machine. */
  public String hostAddress() {
    throw new UnsupportedOperationException("soon");
  }

  @Override
  public KubeApi api() {
    return plane().api();
  }

  @Override
  public Child.Finished kubectl(String... arguments) {
    return plane().kubectl(arguments);
  }

  @Override
  public Child.Finished helm(String... arguments) {
    throw new UnsupportedOperationException("soon");
  }

  @Override
  public Path kubeconfig() {
    return plane().kubeconfig();
  }

  @Override
  public List<String> nodes() {
    return machines().stream().map(Machine::name).toList();
  }

  @Override
  public Upstream upstream() {
    throw new UnsupportedOperationException("soon");
  }

  @Override
  public String page(String node, int port, String path) {
    throw new UnsupportedOperationException("soon");
  }
}
