package dev.tarn.e2e.laptop;

import java.util.List;

/**
 * What a node is to be.
 *
 * @param zone its label {@code topology.kubernetes.io/zone}; empty for none
 * @param diskBytes of its file system: containerd's store, the kubelet's directory and Tarn's cache
 */
public record MachinePlan(String name, ContainerdVersion containerd, String zone, long diskBytes) {
  /** Takes no more of the machine's disk than what is written to it. */
  private static final long DISK_BYTES = 20L << 30;

  public MachinePlan(String name, ContainerdVersion containerd, String zone) {
    this(name, containerd, zone, DISK_BYTES);
  }

  /** Three nodes in two zones, each with another containerd. */
  public static List<MachinePlan> three() {
    return List.of(
        new MachinePlan("node-1", ContainerdVersion.V2_4, "zone-a"),
        new MachinePlan("node-2", ContainerdVersion.DEBIAN, "zone-a"),
        new MachinePlan("node-3", ContainerdVersion.V2_2, "zone-b"));
  }
}
