package dev.tarn.e2e.laptop;

import dev.tarn.e2e.process.Child;
import java.nio.file.Path;
import java.util.function.Predicate;

/**
 * A node: namespaces for network, mounts and host name, with a containerd, a kubelet and a
 * kube-proxy in them, and a disk of its own. Commands block; they come from one thread at a time,
 * but for {@link #run} and what uses it.
 */
public final class Machine {
  private final MachinePlan plan;

  private Machine(MachinePlan plan) {
    this.plan = plan;
  }

  public String name() {
    return plan.name();
  }

  public ContainerdVersion containerd() {
    return plan.containerd();
  }

  /** Its address on the network of nodes. */
  public String address() {
    throw new UnsupportedOperationException("soon");
  }

  /** Runs a command to its end, in the node's namespaces. */
  public Child.Finished run(String... command) {
    throw new UnsupportedOperationException("soon");
  }

  /** Starts a command in the node's namespaces; the cluster's workspace ends it at the latest. */
  public Child start(String name, String... command) {
    throw new UnsupportedOperationException("soon");
  }

  /** Runs ctr in the kubelet's namespace of containerd. */
  public Child.Finished ctr(String... arguments) {
    throw new UnsupportedOperationException("soon");
  }

  /** Runs crictl: what the kubelet asks containerd for. */
  public Child.Finished crictl(String... arguments) {
    throw new UnsupportedOperationException("soon");
  }

  /**
   * Where a file of the node's is seen from outside.
   *
   * @param inNode below one of {@code /etc/containerd}, {@code /etc/cni}, {@code /run/containerd},
   *     {@code /var/lib/kubelet}, {@code /var/lib/containerd}, {@code /var/lib/tarn}, {@code
   *     /var/log}
   */
  public Path path(String inNode) {
    throw new UnsupportedOperationException("soon");
  }

  /** Removes the images with such references, and waits until their content is gone too. */
  public void dropImages(Predicate<String> reference) throws Exception {
    throw new UnsupportedOperationException("soon");
  }

  /** SIGKILL; containers go on. */
  public void stopContainerd() {
    throw new UnsupportedOperationException("soon");
  }

  /** Starts it, also again, and waits until it answers. */
  public void startContainerd() throws Exception {
    throw new UnsupportedOperationException("soon");
  }

  /** SIGKILL; pods go on. */
  public void stopKubelet() {
    throw new UnsupportedOperationException("soon");
  }

  public void startKubelet() throws Exception {
    throw new UnsupportedOperationException("soon");
  }

  public Disk disk() {
    throw new UnsupportedOperationException("soon");
  }

  /** The bytes that are free on its disk. */
  public long diskFree() {
    return disk().free();
  }
}
